#pragma once

#include "protocol/time.hpp"

#include <string>

namespace millwright {

/// "2026-11-21 10:39:26 CET": a time as the clock on the site's wall shows it. In UTC where `zone` is unknown, or the
/// machine has no zone files.
std::string local_time(event_time at, const std::string& zone);

/// The same to the minute: "2026-11-21 10:39 CET".
std::string local_minute(event_time at, const std::string& zone);

} // namespace millwright
