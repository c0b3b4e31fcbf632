#pragma once

#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/source/source.hpp"

#include <chrono>
#include <cstdint>

namespace millwright {

/// How a reading is stamped by its split's clock: by its arrival, by the bounds in the log, or, where it was recorded,
/// by the readings alone. Keeps the bounds in the log ahead of their positions. The driver's thread.
class reading_stamps {
public:
  reading_stamps(const source& readings, bool live, split_table& splits, split_decisions& decisions,
                 const sensor_registry& sensors, driver_clock& clock)
      : readings_{readings}, live_{live}, recorded_{!live || readings.recorded()}, splits_{splits},
        decisions_{decisions}, sensors_{sensors}, clock_{clock} {}

  /// Neither arrival nor bound: what is ahead is told by the readings alone.
  bool recorded() const { return recorded_; }

  /// Of an accepted reading, in the order of its split.
  split_clock::stamp stamp(split_state& split, const raw_record& record, const sensor_key& key, event_time time) {
    if (record.arrival)
      return split.clock.take_live(time, *record.arrival + split_clock::arrival_tolerance,
                                   *record.arrival + split_clock::far);
    if (recorded_)
      return split.clock.take_replayed(key, time);
    if (!split.bound.reach(record.position))
      enter_bound(split, record.position);
    const auto bound = split.bound.bound();
    split.bound.took(time);
    return split.clock.take_live(time, bound, bound + split_clock::far);
  }

  /// Behind every poll, before its records are taken.
  void polled(std::chrono::steady_clock::time_point now);

  /// False where something was read whose bound is not logged, or whose split has not begun in the log; and while
  /// nobody knows what is in the log.
  bool may_commit() const;

private:
  void enter_bound(split_state& split, uint64_t position);
  bool clock_is_behind(const split_state& split) const;

  const source& readings_;
  const bool live_, recorded_;
  split_table& splits_;
  split_decisions& decisions_;
  const sensor_registry& sensors_;
  driver_clock& clock_;
};

} // namespace millwright
