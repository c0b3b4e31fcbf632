#include "runtime/parse/timestamp.hpp"

#include <cmath>

namespace millwright {

namespace {

constexpr int64_t first_ms = -62'135'596'800'000; // 0001-01-01T00:00:00.000Z
constexpr int64_t last_ms = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

// Digits, one after the other; any that is none, or the end, spoils the whole.
class digits {
public:
  explicit digits(std::string_view text) : at_{text.data()}, end_{text.data() + text.size()} {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  char next() const { return at_ == end_ ? '\0' : *at_; }
  bool next_is_digit() const { return static_cast<unsigned char>(next() - '0') < 10; }
  bool skip(char c) {
    if (next() != c)
      return false;
    ++at_;
    return true;
  }
  int take(int count) {
    if (end_ - at_ < count) {
      ok_ = false;
      return 0;
    }
    int x = 0;
    for (; count > 0; --count) {
      const auto digit = static_cast<unsigned char>(*at_++ - '0');
      ok_ &= digit < 10;
      x = x * 10 + digit;
    }
    return x;
  }

private:
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

// Days since the epoch, for years 0 to 9999 (Hinnant's algorithm, without negative eras).
int64_t day_number(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y + 400) / 400 - 1;
  const int of_era = y - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return int64_t{era} * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

} // namespace

std::optional<event_time> parse_timestamp(std::string_view text) {
  digits in{text};
  const int year = in.take(4);
  const bool extended = in.skip('-');
  const int month = in.take(2);
  if (extended && !in.skip('-'))
    return std::nullopt;
  const int day = in.take(2);
  if (!in.skip('T') && !in.skip(' ') && !in.skip('t'))
    return std::nullopt;
  const int hour = in.take(2);
  if (extended && !in.skip(':'))
    return std::nullopt;
  const int minute = in.take(2);
  int second = 0, ms = 0;
  if (extended ? in.skip(':') : in.next_is_digit()) {
    second = in.take(2);
    if (in.skip('.') || in.skip(',')) {
      if (!in.next_is_digit())
        return std::nullopt;
      for (int unit = 100; in.next_is_digit(); unit /= 10)
        ms += unit * in.take(1);
    }
  }
  int ahead = 0;
  if (!in.skip('Z') && !in.skip('z')) {
    const bool west = in.skip('-');
    if (!west && !in.skip('+'))
      return std::nullopt;
    const int hours = in.take(2);
    const bool more = in.skip(':') || in.next_is_digit();
    const int minutes = more ? in.take(2) : 0;
    if (hours > 23 || minutes > 59)
      return std::nullopt;
    ahead = (west ? -1 : 1) * (hours * 60 + minutes);
  }
  if (!in.ok() || !in.at_end() || year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 ||
      second > 59 || day > days_in(year, month))
    return std::nullopt;
  const int64_t t = (((day_number(year, month, day) * 24 + hour) * 60 + minute - ahead) * 60 + second) * 1000 + ms;
  if (t < first_ms || t > last_ms)
    return std::nullopt;
  return from_epoch_ms(t);
}

std::optional<event_time> parse_timestamp(double ms) {
  const double whole = std::floor(ms);
  if (!(whole >= static_cast<double>(first_ms) && whole <= static_cast<double>(last_ms)))
    return std::nullopt;
  return from_epoch_ms(static_cast<int64_t>(whole));
}

} // namespace millwright
