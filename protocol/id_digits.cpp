#include "protocol/id_digits.hpp"

namespace millwright {

std::optional<std::string> id_digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-')
      continue;
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
      return std::nullopt;
    out += static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
  }
  if (out.empty() || out.size() > 32)
    return std::nullopt;
  return out;
}

bool begins_with(const uuid& id, std::string_view digits) {
  const auto own = id_digits(to_string(id));
  return own && own->starts_with(digits);
}

} // namespace millwright
