#include "protocol/code_point.hpp"

#include <cstdint>

namespace millwright {

size_t code_point_length(std::string_view text) {
  if (text.empty())
    return 0;
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto first = at(0);
  if (first < 0x80)
    return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length)
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((at(i) & 0xc0) != 0x80)
      return 0;
  const auto second = at(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = code_point_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length > 1 || (length == 1 && byte >= 0x20 && byte != 0x7f))
      out += text.substr(0, length);
    else
      (out += "\\x").append({digits[byte >> 4], digits[byte & 0xf]});
    text.remove_prefix(length > 1 ? length : 1);
  }
  return out;
}

} // namespace millwright
