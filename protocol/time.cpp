#include "protocol/time.hpp"

namespace millwright {

namespace {

void put_digits(char* at, int width, unsigned value) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

} // namespace

void append_iso(std::string& out, event_time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto ms = static_cast<unsigned>((at - day).count());
  char text[] = "0000-00-00T00:00:00.000Z";
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  put_digits(text, 4, year);
  // The end of a window may lie in a year that no reading may name.
  if (year > 9999)
    out += std::to_string(year / 10'000);
  put_digits(text + 5, 2, static_cast<unsigned>(date.month()));
  put_digits(text + 8, 2, static_cast<unsigned>(date.day()));
  put_digits(text + 11, 2, ms / 3'600'000);
  put_digits(text + 14, 2, ms / 60'000 % 60);
  put_digits(text + 17, 2, ms / 1000 % 60);
  put_digits(text + 20, 3, ms % 1000);
  out.append(text, sizeof text - 1);
}

std::string to_iso(event_time at) {
  std::string out;
  append_iso(out, at);
  return out;
}

} // namespace millwright
