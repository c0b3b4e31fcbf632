#pragma once

#include "runtime/figures/alarm_history.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace millwright {

/// Pages that one way has and another has not.
struct page_change {
  uint64_t before = 0, after = 0;
  /// Only after; only before. after - before is more - fewer.
  uint64_t more = 0, fewer = 0;

  friend bool operator==(const page_change&, const page_change&) = default;
};

/// What two ways of judging the same readings would have paged. A page of one way is the other's too where it is of the
/// same condition, and the alarms that they told of stood at the same time; each has at most one such.
struct page_difference {
  page_change all;
  std::map<std::string, page_change> by_rule, by_hour, by_sensor;
  /// Messages.
  std::map<std::string, page_change> by_channel;
  /// In order of time.
  std::vector<told_alert> more, fewer;
};

page_difference difference_of(const alarm_history& before, const alarm_history& after);

} // namespace millwright
