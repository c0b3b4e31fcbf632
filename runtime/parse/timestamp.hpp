#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string_view>

namespace millwright {

/// Reads an ISO-8601 time with its zone: "2023-11-14T22:13:20.123Z", also with t or a space between date and time,
/// without seconds, with any number of digits behind '.' or ',' (cut at milliseconds), in the basic form
/// "20231114T221320Z", and with zones Z, z, +hh:mm, +hhmm, +hh. None where the zone is missing, the time impossible
/// (month 13, hour 24, second 60, 29 February of a common year), or outside years 0001 to 9999, as written or in UTC.
std::optional<event_time> parse_timestamp(std::string_view text);

/// Reads epoch milliseconds: the floor of `ms`. None outside years 0001 to 9999.
std::optional<event_time> parse_timestamp(double ms);

} // namespace millwright
