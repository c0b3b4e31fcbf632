#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <vector>

namespace millwright {

/// What ISA-18.2 and EEMUA 191 measure alarms by.
inline constexpr milliseconds rate_period{10 * 60'000};
/// More than so many an operator within a period are a flood, until there are fewer than `flood_under`.
inline constexpr uint64_t flood_most = 10, flood_under = 5;

/// A time in which nobody can follow any more.
struct flood_period {
  /// The page that was one too many, and when fewer than `flood_under` an operator were left of the last ten minutes.
  event_time from, to;
  /// From the ten minutes that made it a flood to its end.
  uint64_t pages = 0;
  /// The most within ten minutes.
  uint64_t worst = 0;

  friend bool operator==(const flood_period&, const flood_period&) = default;
};

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

/// @param pages in order of time, all of them from `from` to `to`. A span under ten minutes counts as ten.
/// @param operators at least 1: who share them evenly.
page_rates rates_of(const std::vector<event_time>& pages, event_time from, event_time to, uint32_t operators);

} // namespace millwright
