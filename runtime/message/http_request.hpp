#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What is asked of a receiver by HTTP.
struct http_request {
  std::string method = "POST";
  std::string url;
  /// Whole lines, as `header_line` makes them.
  std::vector<std::string> headers;
  /// None goes with GET.
  std::string body;
};

/// "NAME: value", or how libcurl has a header with nothing behind its name.
std::string header_line(std::string_view name, std::string_view value);

/// HTTP's basic authentication.
std::string basic_login(std::string_view user, std::string_view password);

/// A header's name as RFC 9110 has it.
bool is_header_name(std::string_view text);

} // namespace millwright
