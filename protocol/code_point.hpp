#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millwright {

/// Length in bytes of the UTF-8 code point at the beginning of `text`: 1 to 4; 0 where there is none, or `text` is
/// empty. Overlong forms and surrogates are none (RFC 3629).
size_t code_point_length(std::string_view text);

/// `text` as a terminal and a log bear it: control characters, and bytes that are no UTF-8, become "\x1b", "\xee".
std::string printable(std::string_view text);

} // namespace millwright
