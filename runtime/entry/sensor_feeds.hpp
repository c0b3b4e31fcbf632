#pragma once

#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/sensor_homes.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_registry.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace millwright {

/// Which splits feed which sensor. A sensor has one; in another one as well it is a misconfiguration, but processed.
/// The driver's thread.
class sensor_feeds {
public:
  /// @param subject of the alarm about sensors in several splits.
  sensor_feeds(sensor_registry& sensors, split_table& splits, split_decisions& decisions, own_conditions& own,
               barrier_share& share, std::string subject)
      : sensors_{sensors}, splits_{splits}, decisions_{decisions}, own_{own}, share_{share}, subject_{
                                                                                                 std::move(subject)} {}

  /// A reading of the sensor in `slot` came in `split`.
  void took(uint32_t slot, uint16_t split) {
    const auto& entry = sensors_[slot];
    if (!(entry.has_split && entry.split == split && !entry.shared))
      took_elsewhere(slot, split);
  }
  /// By which time the sensor's windows close: the smallest of all that feed it and speak. @param own of a reading at
  /// hand, or the split that the sensor has: what counts where none speaks.
  event_time closing_of(uint32_t slot, const split_state& own) const {
    return sensors_[slot].shared ? smallest_of(slot, own) : own.clock.watermark();
  }
  /// Calls `each` with the number of every split that feeds the sensor, which has one.
  template <class Each>
  void for_each_of(uint32_t slot, Each each) const {
    if (!sensors_[slot].shared)
      return each(sensors_[slot].split);
    for (const uint16_t number : homes_.feeding(slot))
      each(number);
  }

  /// Each second: one alarm for all that several splits feed; those that have settled in one are moved there.
  void look();
  /// `split` alone feeds these from here on; as `look` has written them into the decision.
  void move(split_state& split, const std::string& sensors);
  /// The sensor leaves memory.
  void left(uint32_t slot, uint16_t split);

private:
  void took_elsewhere(uint32_t slot, uint16_t split);
  event_time smallest_of(uint32_t slot, const split_state& own) const;
  void settle();

  sensor_registry& sensors_;
  split_table& splits_;
  split_decisions& decisions_;
  own_conditions& own_;
  barrier_share& share_;
  const std::string subject_;
  sensor_homes homes_;
};

} // namespace millwright
