#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millwright {

/// Columns that `text` takes on a terminal: East Asian wide characters and emoji two, combining marks none. Escape
/// sequences are not understood: measure before colouring.
size_t display_width(std::string_view text);

/// `text` in at most `width` columns, an ellipsis at the end where something was cut. Control characters, invalid UTF-8
/// and marks that turn the direction of writing become '?': what a sensor calls itself must not move a person's cursor.
std::string fit(std::string_view text, size_t width);

/// The same, filled up with blanks to exactly `width` columns.
std::string pad(std::string_view text, size_t width);

/// "1,234,567"
std::string grouped(unsigned long long x);

/// "340 ms", "12 s", "4 min", "3 h 07 min", "2 d 3 h"
std::string span_text(long long ms);

namespace ansi {
inline constexpr std::string_view reset = "\x1b[0m", bold = "\x1b[1m", dim = "\x1b[2m", red = "\x1b[31m",
                                  bold_red = "\x1b[1;31m", green = "\x1b[32m", yellow = "\x1b[33m";
}

/// `text` between `colour` and a reset; as it is without `wanted`, or without a colour.
std::string coloured(std::string_view text, std::string_view colour, bool wanted);

/// Red for what is critical or high, yellow for medium; none for the rest.
std::string_view colour_of_severity(std::string_view name);

} // namespace millwright
