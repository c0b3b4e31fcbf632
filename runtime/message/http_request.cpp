#include "runtime/message/http_request.hpp"

#include "runtime/message/text_places.hpp"

#include <algorithm>

namespace millwright {

std::string header_line(std::string_view name, std::string_view value) {
  const auto text = header_place(value);
  if (text.find_first_not_of(' ') == std::string::npos)
    return std::string{name} + ';';
  return std::string{name}.append(": ").append(text);
}

std::string basic_login(std::string_view user, std::string_view password) {
  return header_line("Authorization", "Basic " + base64(std::string{user}.append(":").append(password)));
}

bool is_header_name(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

} // namespace millwright
