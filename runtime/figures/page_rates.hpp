#pragma once

#include "protocol/flood_watch.hpp"

#include <cstdint>
#include <vector>

namespace millwright {

/// How many pages come how fast.
struct page_rates {
  /// An operator, in ten minutes.
  double average = 0;
  /// Ten minutes each, beginning with the hour; the first and the last may be cut.
  uint64_t periods = 0;
  /// Those with more than `flood_most` an operator.
  uint64_t periods_over = 0;
  /// The most within any ten minutes, for all operators together, and when the last of them came; `never`: none.
  uint64_t worst = 0;
  event_time worst_at = never;
  std::vector<flood_period> floods;

  milliseconds flooded() const;
};

/// @param times in order: of pages, or of alarms. A flood that goes on ends with `to`.
/// @param operators at least 1: who share them evenly.
std::vector<flood_period> floods_in(const std::vector<event_time>& times, event_time to, uint32_t operators);

/// @param pages in order of time, all of them from `from` to `to`. A span under ten minutes counts as ten.
/// @param operators at least 1: who share them evenly.
page_rates rates_of(const std::vector<event_time>& pages, event_time from, event_time to, uint32_t operators);

} // namespace millwright
