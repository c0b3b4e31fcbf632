#include "runtime/parse/json_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace millwright {

namespace {

constexpr std::array<double, 16> power_of_ten{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number_character(char c) {
  return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Whether a number that from_chars cannot represent is too large rather than too small.
bool is_large(std::string_view text) {
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, e);
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t first = digits.find_first_of("123456789");
  // Decimal exponent of the first digit that counts.
  int64_t exponent = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  if (e != text.size()) {
    std::string_view power = text.substr(e + 1);
    const bool negative = power.front() == '-';
    if (negative || power.front() == '+')
      power.remove_prefix(1);
    int64_t x = 0;
    for (const char c : power)
      x = std::min<int64_t>(x * 10 + (c - '0'), INT64_MAX / 100);
    exponent += negative ? -x : x;
  }
  return exponent > 0;
}

bool is_json_number(const char* p, const char* end) {
  const auto digits = [&] {
    const char* const from = p;
    while (p != end && is_digit(*p))
      ++p;
    return p != from;
  };
  if (p != end && *p == '-')
    ++p;
  if (p != end && *p == '0')
    ++p;
  else if (!digits())
    return false;
  if (p != end && *p == '.') {
    ++p;
    if (!digits())
      return false;
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '-' || *p == '+'))
      ++p;
    if (!digits())
      return false;
  }
  return p == end;
}

// Behind the text that begins at `p`.
const char* behind_text(const char* p, const char* end) {
  for (++p; p != end && *p != '"'; ++p)
    if (*p == '\\' && p + 1 != end)
      ++p;
  return p != end ? p + 1 : end;
}

} // namespace

std::optional<double> json_number(std::string_view text) {
  // Up to 15 digits over a power of ten up to 15 is one correctly rounded division of exact doubles.
  if (text.size() <= 16) {
    const char* p = text.data();
    const char* const end = p + text.size();
    const bool negative = *p == '-';
    p += negative;
    uint64_t digits = 0;
    size_t count = 0, after_point = 0;
    bool point = false;
    for (; p != end; ++p) {
      if (is_digit(*p)) {
        digits = digits * 10 + static_cast<uint64_t>(*p - '0');
        ++count;
        after_point += point;
      } else if (*p == '.') {
        point = true;
      } else {
        break;
      }
    }
    if (p == end && count <= 15) {
      const double x = static_cast<double>(digits) / power_of_ten[after_point];
      return negative ? -x : x;
    }
  }
  double x = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), x).ec == std::errc{})
    return x;
  if (is_large(text))
    return std::nullopt;
  return text.front() == '-' ? -0.0 : 0.0;
}

bool tame_json_numbers(char* begin, char* end) {
  for (char* p = begin; p != end;) {
    if (*p == '"') {
      p += behind_text(p, end) - p;
      continue;
    }
    if (!is_digit(*p) && *p != '-' && *p != '+' && *p != '.') {
      ++p;
      continue;
    }
    char* const from = p;
    while (p != end && is_number_character(*p))
      ++p;
    const std::string_view token{from, static_cast<size_t>(p - from)};
    if (token.size() < 4)
      continue;
    if (!is_json_number(from, p)) {
      std::memset(from, '.', token.size());
      continue;
    }
    if (token.size() < 300 && token.find_first_of("eE") == token.npos)
      continue;
    const auto x = json_number(token);
    if (!x)
      return false;
    char shortest[32];
    const auto length = static_cast<size_t>(std::to_chars(shortest, shortest + sizeof shortest, *x).ptr - shortest);
    // A longer form is one that RapidJSON reads as it stands.
    if (length <= token.size()) {
      std::memcpy(from, shortest, length);
      std::memset(from + length, ' ', token.size() - length);
    }
  }
  return true;
}

bool goes_on_behind_word(std::string_view json) {
  const char* const end = json.data() + json.size();
  for (const char* p = json.data(); p != end;) {
    if (*p == '"') {
      p = behind_text(p, end);
      continue;
    }
    const std::string_view rest{p, static_cast<size_t>(end - p)};
    size_t length = 1;
    for (const std::string_view word : {"NaN", "Inf", "Infinity"})
      if (rest.starts_with(word))
        length = word.size();
    p += length;
    if (length > 1 && p != end && (*p == '.' || *p == 'e' || *p == 'E'))
      return true;
  }
  return false;
}

} // namespace millwright
