#include "protocol/actor_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millwright {

namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != 0x7f && c != '/' && c != '%';
}

void append_part(std::string& out, std::string_view part) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : part)
    if (is_plain(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
}

std::optional<std::string> part_of(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size())
      return std::nullopt;
    const auto [end, problem] = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    if (problem != std::errc{} || end != text.data() + i + 3)
      return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

} // namespace

std::string actor_path::name() const {
  std::string out;
  for (const auto& each : parts) {
    if (&each != parts.data())
      out += '/';
    append_part(out, each);
  }
  return out;
}

std::optional<actor_path> actor_path::of(std::string_view name) {
  actor_path out;
  for (;;) {
    const auto end = name.find('/');
    auto part = part_of(name.substr(0, end));
    if (!part)
      return std::nullopt;
    out.parts.push_back(std::move(*part));
    if (end == name.npos)
      return out;
    name.remove_prefix(end + 1);
  }
}

bool actor_path::begins(const actor_path& with) const {
  return parts.size() >= with.parts.size() && std::equal(with.parts.begin(), with.parts.end(), parts.begin());
}

std::string_view name_of(actor_state state) {
  constexpr std::array<std::string_view, 4> names{"living", "resting", "dead", "quarantined"};
  return names[static_cast<size_t>(state)];
}

} // namespace millwright
