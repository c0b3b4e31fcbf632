#pragma once

#include "protocol/time.hpp"

#include <string>
#include <vector>

namespace millwright {

/// "2026-11-21 10:39:26 CET": a time as the clock on the site's wall shows it. In UTC where `zone` is unknown, or the
/// machine has no zone files.
std::string local_time(event_time at, const std::string& zone);

/// The same to the minute: "2026-11-21 10:39 CET".
std::string local_minute(event_time at, const std::string& zone);

/// What calendar and clock on the site's wall show.
struct local_moment {
  /// The date there, as if it were one in UTC.
  std::chrono::sys_days date;
  /// Since that date's midnight by the clock: in the hour that comes twice each time the same.
  milliseconds of_day{0};

  friend bool operator==(const local_moment&, const local_moment&) = default;
};

/// In UTC where `zone` is unknown, or the machine has no zone files.
local_moment local_moment_of(event_time at, const std::string& zone);

/// When the clock there shows this: once, or twice, the earlier one first; where it is set forward over it, the moment
/// at which it is. As of UTC where `zone` is unknown, or the machine has no zone files.
std::vector<event_time> moments_of(const local_moment& x, const std::string& zone);

} // namespace millwright
