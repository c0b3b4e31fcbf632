#pragma once

#include "protocol/time.hpp"
#include "protocol/work_shift.hpp"

#include <cstdint>
#include <string_view>

namespace date {
class time_zone;
}

namespace millwright {

/// What a reading's time is on the wall of its facility (semantics 2).
struct enrichment {
  /// 0..23.
  int hour_of_day = 0;
  /// 1 = Sunday .. 7.
  int day_of_week = 1;
  /// morning for hours 6..14, afternoon for 15..22, else night.
  work_shift shift = work_shift::night;

  friend bool operator==(const enrichment&, const enrichment&) = default;
};

/// Whether the time zone database knows `zone` (an IANA name).
bool is_time_zone(std::string_view zone);

/// Local time in one zone. Remembers the stretch of constant offset that it was last asked about, so that most
/// questions cost two comparisons. For one thread at a time; copies are independent.
class local_clock {
public:
  /// @param zone IANA name. Throws `failure` (bad_metadata) when the time zone database does not know it.
  explicit local_clock(std::string_view zone = "UTC");

  /// Ahead of UTC at that time.
  milliseconds offset_at(event_time at) {
    if (at < begin_ || at >= end_)
      look_up(at);
    return offset_;
  }

  /// 0..23.
  int hour_of(event_time at) {
    const auto local = at + offset_at(at);
    const auto of_day = local - std::chrono::floor<std::chrono::days>(local);
    return static_cast<int>(of_day / std::chrono::hours{1});
  }

  enrichment at(event_time at);

private:
  void look_up(event_time at);

  const date::time_zone* zone_;
  // The stretch [begin_, end_) in which offset_ holds; empty at first.
  event_time begin_ = forever, end_ = never;
  milliseconds offset_{0};
};

} // namespace millwright
