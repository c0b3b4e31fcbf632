#pragma once

#include "protocol/alarm_record.hpp"

#include <array>
#include <cstddef>

namespace millwright {

/// How many alarms there are of each sort: kept as records change, never counted anew.
struct alarm_counts {
  /// Not cleared. Observations are not among them, nor groups, which stand for alarms that are.
  size_t active = 0;
  /// Of these, by severity.
  std::array<size_t, 5> by_severity{};
  /// Somebody was paged and nobody has acknowledged, cleared or not.
  size_t unacknowledged = 0;
  /// Observations that are not cleared.
  size_t observations = 0;
  /// Of the active ones, those that are shelved.
  size_t shelved = 0;

  void add(const alarm_record& x) { count(x, 1); }
  void remove(const alarm_record& x) { count(x, static_cast<size_t>(-1)); }

private:
  void count(const alarm_record& x, size_t step) {
    if (!x.acknowledged && !x.paged_to.empty())
      unacknowledged += step;
    if (x.state == alarm_state::cleared || x.members)
      return;
    if (x.observation()) {
      observations += step;
      return;
    }
    active += step;
    if (x.shelved)
      shelved += step;
    by_severity[static_cast<size_t>(x.latest.level)] += step;
  }
};

} // namespace millwright
