#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millwright {

/// One place in the plant's log: the `cycle`-th reading of `sensor`, `at` nanoseconds after the plant's start.
struct plant_slot {
  uint64_t tick = 0;
  uint64_t cycle = 0;
  int64_t at = 0;
  uint32_t sensor = 0;
};

/// Which sensor reports when, and the order of all that in one log, without history and without a table of the log.
/// Sensors of one interval form a group whose phases are spread evenly, so a group's n-th report, and how many it has
/// made before any time, are closed formulas. The log is the merge of the groups by (time, group, phase): a tick is
/// found by bisecting time over the summed counts, O(groups × log).
class plant_schedule {
public:
  /// @param intervals nanoseconds, > 0, one a sensor.
  explicit plant_schedule(const std::vector<int64_t>& intervals);

  plant_slot at(uint64_t tick) const;
  /// How many ticks are before `at` (ns after the start).
  uint64_t ticks_before(int64_t at) const;

  int64_t interval_of(uint32_t sensor) const { return groups_[group_of_[sensor]].interval; }
  /// When the sensor's `cycle`-th reading is due.
  int64_t time_of(uint32_t sensor, uint64_t cycle) const;
  /// The sensor's first reading that is not before `at`.
  uint64_t first_cycle(uint32_t sensor, int64_t at) const;
  /// Readings a second, in event time.
  double rate() const { return rate_ * 1e9; }

private:
  friend class plant_cursor;

  struct group {
    int64_t interval;
    /// In the order of their phases.
    std::vector<uint32_t> members;

    int64_t phase(uint64_t rank) const;
    /// Reports before `at`.
    uint64_t count(int64_t at) const;
    int64_t time(uint64_t report) const;
  };

  std::vector<group> groups_;
  std::vector<uint8_t> group_of_;
  std::vector<uint32_t> rank_of_;
  /// Ticks a nanosecond.
  double rate_ = 0;
};

/// Walks the log tick by tick, much faster than `plant_schedule::at`. The schedule must outlive it.
class plant_cursor {
public:
  plant_cursor(const plant_schedule& schedule, uint64_t tick);

  const plant_slot& slot() const { return slot_; }
  void advance();

private:
  struct position {
    uint64_t cycle;
    uint64_t rank;
    int64_t at;
  };

  void choose();

  const plant_schedule& schedule_;
  std::vector<position> positions_;
  size_t chosen_ = 0;
  plant_slot slot_;
};

} // namespace millwright
