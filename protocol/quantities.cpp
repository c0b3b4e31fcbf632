#include "protocol/quantities.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace millwright {

namespace {

struct unit {
  std::string_view name;
  uint64_t factor;
};

/// Largest first, for printing.
constexpr std::array duration_units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"min", 60'000}, unit{"s", 1000},
                                    unit{"ms", 1}};
constexpr std::array size_units{unit{"TiB", 1ull << 40},
                                unit{"GiB", 1ull << 30},
                                unit{"MiB", 1ull << 20},
                                unit{"KiB", 1ull << 10},
                                unit{"TB", 1'000'000'000'000},
                                unit{"GB", 1'000'000'000},
                                unit{"MB", 1'000'000},
                                unit{"KB", 1000},
                                unit{"B", 1}};

template <class T>
std::optional<T> whole_text(std::string_view text) {
  T x{};
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, x);
  if (result.ec != std::errc{} || result.ptr != end)
    return std::nullopt;
  return x;
}

/// A number that is not negative, and a unit; the product a whole number of at most `most`.
std::optional<uint64_t> parse_with_unit(std::string_view text, std::span<const unit> units, uint64_t most) {
  const auto split = text.find_first_not_of("0123456789.");
  const auto digits = text.substr(0, split);
  const auto name = split == std::string_view::npos ? std::string_view{} : text.substr(split);
  for (const auto& each : units) {
    if (each.name != name)
      continue;
    if (const auto whole = whole_text<uint64_t>(digits)) {
      if (*whole > most / each.factor)
        return std::nullopt;
      return *whole * each.factor;
    }
    const auto x = parse_number(digits);
    // Beyond 2^53 a double would no longer tell whether the product is whole.
    if (!x || *x * static_cast<double>(each.factor) > 9e15)
      return std::nullopt;
    const double product = *x * static_cast<double>(each.factor), rounded = std::round(product);
    if (std::abs(product - rounded) > 1e-9 * rounded || rounded > static_cast<double>(most))
      return std::nullopt;
    return static_cast<uint64_t>(rounded);
  }
  return std::nullopt;
}

/// Digits at [at, at + width); moves `at` behind them.
std::optional<int> take_digits(std::string_view text, size_t& at, size_t width) {
  if (at + width > text.size())
    return std::nullopt;
  int x = 0;
  for (size_t i = 0; i < width; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9')
      return std::nullopt;
    x = x * 10 + (c - '0');
  }
  at += width;
  return x;
}

bool take(std::string_view text, size_t& at, char c) {
  if (at >= text.size() || text[at] != c)
    return false;
  ++at;
  return true;
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text == "0")
    return milliseconds{0};
  // A hundred thousand years: sums of durations and times stay far from overflow.
  const auto ms = parse_with_unit(text, duration_units, 36'500'000ull * 86'400'000);
  if (!ms)
    return std::nullopt;
  return milliseconds{static_cast<int64_t>(*ms)};
}

std::string duration_text(milliseconds x) {
  const auto ms = static_cast<uint64_t>(x.count());
  for (const auto& each : duration_units)
    if (ms != 0 && ms % each.factor == 0)
      return std::to_string(ms / each.factor) + std::string{each.name};
  return "0";
}

std::optional<uint64_t> parse_size(std::string_view text) {
  if (const auto bytes = parse_natural(text))
    return bytes;
  return parse_with_unit(text, size_units, std::numeric_limits<int64_t>::max());
}

std::string size_text(uint64_t bytes) {
  for (const auto& each : std::span{size_units}.first(4))
    if (bytes != 0 && bytes % each.factor == 0)
      return std::to_string(bytes / each.factor) + std::string{each.name};
  return std::to_string(bytes);
}

std::optional<double> parse_number(std::string_view text) {
  double x = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, x);
  if (result.ec != std::errc{} || result.ptr != end || !std::isfinite(x))
    return std::nullopt;
  return x;
}

std::string number_text(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

std::optional<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto x = parse_number(percent ? text.substr(0, text.size() - 1) : text);
  if (!x)
    return std::nullopt;
  return percent ? *x / 100 : *x;
}

std::optional<int64_t> parse_whole(std::string_view text) {
  return whole_text<int64_t>(text);
}

std::optional<uint64_t> parse_natural(std::string_view text) {
  return whole_text<uint64_t>(text);
}

std::optional<event_time> parse_time(std::string_view text) {
  size_t at = 0;
  const auto year = take_digits(text, at, 4);
  if (!year || !take(text, at, '-'))
    return std::nullopt;
  const auto month = take_digits(text, at, 2);
  if (!month || !take(text, at, '-'))
    return std::nullopt;
  const auto day = take_digits(text, at, 2);
  if (!day || !(take(text, at, 'T') || take(text, at, ' ')))
    return std::nullopt;
  const auto hour = take_digits(text, at, 2);
  if (!hour || !take(text, at, ':'))
    return std::nullopt;
  const auto minute = take_digits(text, at, 2);
  if (!minute)
    return std::nullopt;
  int second = 0, ms = 0;
  if (take(text, at, ':')) {
    const auto seconds = take_digits(text, at, 2);
    if (!seconds)
      return std::nullopt;
    second = *seconds;
    if (take(text, at, '.')) {
      const size_t first = at;
      for (int scale = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
        ms += (text[at] - '0') * scale;
      if (at == first)
        return std::nullopt;
    }
  }
  int offset = 0;
  if (!take(text, at, 'Z')) {
    const bool east = take(text, at, '+');
    if (!east && !take(text, at, '-'))
      return std::nullopt;
    const auto hours = take_digits(text, at, 2);
    take(text, at, ':');
    const auto minutes = take_digits(text, at, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
      return std::nullopt;
    offset = (east ? 1 : -1) * (*hours * 60 + *minutes);
  }
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (at != text.size() || !date.ok() || *year < 1 || *hour > 23 || *minute > 59 || second > 59)
    return std::nullopt;
  return event_time{std::chrono::sys_days{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute - offset} +
         std::chrono::seconds{second} + milliseconds{ms};
}

} // namespace millwright
