#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace millwright {

/// What ISA-18.2 and EEMUA 191 measure alarms by.
inline constexpr milliseconds rate_period{10 * 60'000};
/// More than so many an operator within a period are a flood, until there are fewer than `flood_under`.
inline constexpr uint64_t flood_most = 10, flood_under = 5;

/// A time in which nobody can follow any more.
struct flood_period {
  /// The one that was one too many, and when fewer than `flood_under` an operator were left of the last ten minutes.
  event_time from, to;
  /// From the ten minutes that made it a flood to its end.
  uint64_t pages = 0;
  /// The most within ten minutes.
  uint64_t worst = 0;

  friend bool operator==(const flood_period&, const flood_period&) = default;
};

/// Counts what comes (pages, or alarms), and knows when that is a flood. Of a live node and of figures behind it the
/// same. Pure.
class flood_watch {
public:
  /// @param operators at least 1: who share them evenly.
  explicit flood_watch(uint64_t operators = 1) : most_{flood_most * operators}, under_{flood_under * operators} {}

  /// One more; `at` is not before the one taken last. The flood that was over by then; none: there was none.
  std::optional<flood_period> take(event_time at);
  /// It is `now`. The same.
  std::optional<flood_period> pass(event_time now);
  /// The flood that goes on; `to` is when it will be over if nothing follows.
  const std::optional<flood_period>& flood() const { return flood_; }
  /// How many came in the ten minutes up to what was taken or passed last.
  uint64_t count() const { return times_.size(); }
  /// The newest; `never`: none within ten minutes.
  event_time newest() const { return times_.empty() ? never : times_.back(); }

private:
  void forget(event_time now);

  uint64_t most_, under_;
  std::deque<event_time> times_;
  std::optional<flood_period> flood_;
};

} // namespace millwright
