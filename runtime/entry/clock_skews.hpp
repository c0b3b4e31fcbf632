#pragma once

#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/skew_watch.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace millwright {

/// Whose clocks are off, a sensor's or the node's, and who is told. The driver's thread.
class clock_skews {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param recorded the readings have neither arrival nor bound: the node's clock says nothing of them.
  clock_skews(const source& readings, bool recorded, split_table& splits, sensor_registry& sensors,
              const driver_clock& clock, own_conditions& own)
      : readings_{readings}, recorded_{recorded}, splits_{splits}, sensors_{sensors}, clock_{clock}, own_{own} {}

  /// A reading of the sensor in `slot`, stamped.
  void took(sensor_entry& entry, uint32_t slot, uint16_t split, event_time time, const split_clock::stamp& stamped) {
    if (stamped.ahead || entry.skew != 0 || skew_watch::is_behind(time, stamped.watermark))
      entry.skew = watch_.took(entry.skew, slot, split, time, stamped.watermark, stamped.ahead);
  }
  /// The sensor leaves memory.
  void left(uint32_t slot);
  /// Each second.
  void look(time_point now);

private:
  std::string sensors_off(uint16_t split) const;
  std::string reason_of(split_state& split, time_point now);
  bool is_late(const split_state& split, time_point now) const;

  const source& readings_;
  const bool recorded_;
  split_table& splits_;
  sensor_registry& sensors_;
  const driver_clock& clock_;
  own_conditions& own_;
  skew_watch watch_;
  uint64_t seen_ = 0;
  time_point anew_{};
};

} // namespace millwright
