#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// How quantities are written in configurations and on command lines. Each reader takes the whole text or gives none;
/// nothing is trimmed, locale never matters.

/// "5s", "500ms", "15min", "2h", "7d", "1.5h"; also "0". Not negative; a fraction of a millisecond is an error.
std::optional<milliseconds> parse_duration(std::string_view text);
/// The largest unit that divides it: "15min".
std::string duration_text(milliseconds x);

/// "512MiB", "10GiB", "4096" (bytes); KB, MB, ... are powers of 1000, KiB, MiB, ... of 1024.
std::optional<uint64_t> parse_size(std::string_view text);
std::string size_text(uint64_t bytes);

/// A finite number.
std::optional<double> parse_number(std::string_view text);
std::string number_text(double x);

/// "0.01" or "1%".
std::optional<double> parse_share(std::string_view text);

std::optional<int64_t> parse_whole(std::string_view text);
std::optional<uint64_t> parse_natural(std::string_view text);

/// ISO-8601 with date, time and zone: "2026-11-21T10:39:26Z", "2026-11-21T12:39:26.5+02:00". Cut to milliseconds.
std::optional<event_time> parse_time(std::string_view text);

} // namespace millwright
