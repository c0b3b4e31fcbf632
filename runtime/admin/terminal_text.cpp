#include "runtime/admin/terminal_text.hpp"

#include "protocol/code_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace millwright {

namespace {

struct glyph {
  /// Empty: not to be printed.
  std::string_view bytes;
  size_t taken = 1;
  size_t width = 1;
};

struct range {
  uint32_t first, last;
};

// Sorted. The C library's wcwidth depends on the locale, and knows nothing in "C".
constexpr std::array no_width{range{0x0300, 0x036f}, range{0x0483, 0x0489}, range{0x0591, 0x05bd},
                              range{0x0610, 0x061a}, range{0x064b, 0x065f}, range{0x1ab0, 0x1aff},
                              range{0x1dc0, 0x1dff}, range{0x200b, 0x200d}, range{0x20d0, 0x20ff},
                              range{0xfe00, 0xfe0f}, range{0xfe20, 0xfe2f}, range{0xe0100, 0xe01ef}};
constexpr std::array two_wide{range{0x1100, 0x115f},   range{0x231a, 0x231b},   range{0x2e80, 0x303e},
                              range{0x3041, 0xa4cf},   range{0xac00, 0xd7a3},   range{0xf900, 0xfaff},
                              range{0xfe30, 0xfe6f},   range{0xff00, 0xff60},   range{0xffe0, 0xffe6},
                              range{0x1f300, 0x1f64f}, range{0x1f680, 0x1f6ff}, range{0x1f900, 0x1f9ff},
                              range{0x20000, 0x3fffd}};
constexpr std::array never_shown{range{0x80, 0x9f}, range{0x200e, 0x200f}, range{0x2028, 0x202e}, range{0x2066, 0x2069},
                                 range{0xfeff, 0xfeff}};

template <size_t N>
bool within(const std::array<range, N>& table, uint32_t code) {
  return std::any_of(table.begin(), table.end(), [&](const range& x) { return code >= x.first && code <= x.last; });
}

glyph next(std::string_view text) {
  const auto at = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(text[i]); };
  const size_t bytes = code_point_length(text);
  if (bytes == 0)
    return {};
  if (bytes == 1)
    return at(0) < 0x20 || at(0) == 0x7f ? glyph{} : glyph{text.substr(0, 1)};
  uint32_t code = at(0) & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i)
    code = code << 6 | (at(i) & 0x3f);
  if (within(never_shown, code))
    return {{}, bytes, 1};
  return {text.substr(0, bytes), bytes, within(no_width, code) ? 0u : within(two_wide, code) ? 2u : 1u};
}

} // namespace

size_t display_width(std::string_view text) {
  size_t out = 0;
  while (!text.empty()) {
    const auto x = next(text);
    out += x.width;
    text.remove_prefix(x.taken);
  }
  return out;
}

std::string fit(std::string_view text, size_t width) {
  std::string out;
  size_t used = 0, room_for_mark = 0;
  while (!text.empty()) {
    const auto x = next(text);
    if (used + x.width > width) {
      out.resize(room_for_mark);
      return width == 0 ? std::string{} : out + "…";
    }
    out += x.bytes.empty() ? std::string_view{"?"} : x.bytes;
    used += x.width;
    if (used < width)
      room_for_mark = out.size();
    text.remove_prefix(x.taken);
  }
  return out;
}

std::string pad(std::string_view text, size_t width) {
  auto out = fit(text, width);
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

std::string grouped(unsigned long long x) {
  auto out = std::to_string(x);
  for (size_t i = out.size(); i > 3; i -= 3)
    out.insert(i - 3, 1, ',');
  return out;
}

std::string span_text(long long ms) {
  ms = std::max(0ll, ms);
  if (ms < 1000)
    return fmt::format("{} ms", ms);
  const auto s = ms / 1000, min = s / 60, h = min / 60;
  if (s < 120)
    return fmt::format("{} s", s);
  if (min < 60)
    return fmt::format("{} min", min);
  if (h < 48)
    return fmt::format("{} h {:02} min", h, min % 60);
  return fmt::format("{} d {} h", h / 24, h % 24);
}

std::string coloured(std::string_view text, std::string_view colour, bool wanted) {
  std::string out;
  if (!wanted || colour.empty())
    return out.append(text);
  return out.append(colour).append(text).append(ansi::reset);
}

std::string_view colour_of_severity(std::string_view name) {
  if (name == "critical")
    return ansi::bold_red;
  if (name == "high")
    return ansi::red;
  return name == "medium" ? ansi::yellow : std::string_view{};
}

} // namespace millwright
