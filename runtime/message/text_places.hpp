#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What others have named (sensors, units, sites) on its way into a message: each function makes a text fit for the
/// place where it is to stand, so that it ends nothing there and begins nothing. Pure; any bytes may come in.
namespace millwright {

/// One line of valid UTF-8: a space for every control character and line separator (U+2028 as well), a question mark
/// for every byte that is no part of a code point.
std::string one_line(std::string_view text);

/// `one_line`, and of that at most `most` code points, the last three being "..." where something was left out.
std::string cut_line(std::string_view text, size_t most);

/// Between the quotes of a JSON string.
std::string json_place(std::string_view text);

/// In a form's field, and in a URL: every byte that is no unreserved character of RFC 3986 as %XX.
std::string form_place(std::string_view text);

/// In the value of an HTTP header: printable ASCII, a question mark for every other code point.
std::string header_place(std::string_view text);

/// The text where it is a URL of HTTP that a receiver can take for a link, without a blank and in plain ASCII; of
/// anything else nothing.
std::string_view link_place(std::string_view text);

/// In HTML, between tags and within a quoted attribute.
std::string html_place(std::string_view text);

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

} // namespace millwright
