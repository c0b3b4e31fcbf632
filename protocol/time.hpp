#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace millwright {

using std::chrono::milliseconds;

/// Event time: what the sensor's clock said, in milliseconds since the epoch (UTC). Never the wall clock.
using event_time = std::chrono::sys_time<milliseconds>;

/// No time at all: before every event. A watermark that stands here is late for nothing.
inline constexpr event_time never{milliseconds{std::numeric_limits<int64_t>::min() / 4}};

/// After every event: the watermark at the end of a replay, which closes every window.
inline constexpr event_time forever{milliseconds{std::numeric_limits<int64_t>::max() / 4}};

constexpr event_time from_epoch_ms(int64_t ms) {
  return event_time{milliseconds{ms}};
}

constexpr int64_t epoch_ms(event_time at) {
  return at.time_since_epoch().count();
}

/// The largest multiple of `step` (> 0) since the epoch that is not after `at`; right for times before 1970 too.
constexpr event_time align_down(event_time at, milliseconds step) {
  const int64_t t = epoch_ms(at), s = step.count();
  const int64_t rest = t % s;
  return from_epoch_ms(t - (rest < 0 ? rest + s : rest));
}

/// Appends ISO-8601 UTC with milliseconds and Z ("2026-11-21T10:39:26.000Z"). Years 0001 to 9999.
void append_iso(std::string& out, event_time at);

std::string to_iso(event_time at);

} // namespace millwright
