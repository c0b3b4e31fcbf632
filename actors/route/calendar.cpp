#include "actors/route/calendar.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millwright {

namespace {

using std::chrono::minutes;

constexpr std::array<std::string_view, 8> day_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat", "holiday"};
constexpr int days_of_week = 7;
constexpr minutes whole_day{24 * 60};

std::optional<int> digits(std::string_view text, size_t least, size_t most) {
  if (text.size() < least || text.size() > most)
    return std::nullopt;
  int out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

std::optional<int> day_named(std::string_view name) {
  std::string lower;
  for (const char c : name)
    lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  const auto at = std::find(day_names.begin(), day_names.end(), lower);
  return at == day_names.end() ? std::nullopt : std::optional{static_cast<int>(at - day_names.begin())};
}

// "mon-fri", "sat", "holiday".
std::optional<uint8_t> parse_some_days(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = day_named(text.substr(0, dash));
  if (!first)
    return std::nullopt;
  if (dash == text.npos)
    return static_cast<uint8_t>(1u << *first);
  const auto last = day_named(text.substr(dash + 1));
  if (!last || *first == days_of_week || *last == days_of_week)
    return std::nullopt;
  unsigned out = 0;
  for (int day = *first;; day = (day + 1) % days_of_week) {
    out |= 1u << day;
    if (day == *last)
      return static_cast<uint8_t>(out);
  }
}

std::optional<uint8_t> parse_days(std::string_view text) {
  unsigned out = 0;
  while (true) {
    const auto comma = text.find(',');
    const auto some = parse_some_days(text.substr(0, comma));
    if (!some)
      return std::nullopt;
    out |= *some;
    if (comma == text.npos)
      return static_cast<uint8_t>(out);
    text.remove_prefix(comma + 1);
  }
}

std::string days_text(uint8_t days) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ",") + text; };
  // From Monday on, runs of three and more with a dash.
  for (int i = 0; i < days_of_week;) {
    const auto bit = [&](int at) { return at < days_of_week && (days >> ((at + 1) % days_of_week) & 1) != 0; };
    const auto name = [](int at) { return std::string{day_names[static_cast<size_t>((at + 1) % days_of_week)]}; };
    if (!bit(i)) {
      ++i;
      continue;
    }
    int end = i + 1;
    while (bit(end))
      ++end;
    if (end - i >= 3) {
      add(name(i) + '-' + name(end - 1));
      i = end;
    } else {
      add(name(i++));
    }
  }
  if ((days & shift_span::holiday) != 0)
    add("holiday");
  return out;
}

} // namespace

std::optional<minutes> parse_clock_time(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos)
    return std::nullopt;
  const auto hour = digits(text.substr(0, colon), 1, 2), minute = digits(text.substr(colon + 1), 2, 2);
  if (!hour || !minute || *minute > 59)
    return std::nullopt;
  const minutes out{*hour * 60 + *minute};
  return out <= whole_day ? std::optional{out} : std::nullopt;
}

std::optional<shift_span> parse_shift_span(std::string_view text) {
  shift_span out;
  const auto blank = text.find(' ');
  auto hours = text;
  if (blank != text.npos || text.find(':') == text.npos) {
    const auto days = parse_days(text.substr(0, blank));
    if (!days)
      return std::nullopt;
    out.days = *days;
    if (blank == text.npos)
      return out;
    hours =
        text.substr(text.find_first_not_of(' ', blank) == text.npos ? text.size() : text.find_first_not_of(' ', blank));
  }
  const auto dash = hours.find('-');
  if (dash == hours.npos)
    return std::nullopt;
  const auto from = parse_clock_time(hours.substr(0, dash)), to = parse_clock_time(hours.substr(dash + 1));
  if (!from || !to || *from == whole_day)
    return std::nullopt;
  out.from = *from;
  out.to = *to;
  return out;
}

std::string clock_text(minutes of_day) {
  char out[16];
  std::snprintf(out, sizeof out, "%02d:%02d", static_cast<int>(of_day.count() / 60),
                static_cast<int>(of_day.count() % 60));
  return out;
}

std::string day_text(std::chrono::weekday day) {
  constexpr std::array<const char*, 7> names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                             "Thursday", "Friday", "Saturday"};
  return names[day.c_encoding()];
}

std::string to_text(const shift_span& x) {
  const bool all_day = x.from == minutes{0} && x.to == whole_day;
  const auto hours = clock_text(x.from) + '-' + clock_text(x.to);
  if (x.days == shift_span::every_day)
    return all_day ? "mon-sun" : hours;
  return days_text(x.days) + (all_day ? "" : ' ' + hours);
}

std::optional<holiday> parse_holiday(std::string_view text) {
  holiday out;
  if (text.size() == 10 && text[4] == '-') {
    const auto year = digits(text.substr(0, 4), 4, 4);
    if (!year || *year == 0)
      return std::nullopt;
    out.year = *year;
    text.remove_prefix(5);
  }
  if (text.size() != 5 || text[2] != '-')
    return std::nullopt;
  const auto month = digits(text.substr(0, 2), 2, 2), day = digits(text.substr(3), 2, 2);
  if (!month || !day)
    return std::nullopt;
  out.date = std::chrono::month{static_cast<unsigned>(*month)} / std::chrono::day{static_cast<unsigned>(*day)};
  if (!out.date.ok() || (out.year != 0 && !(std::chrono::year{out.year} / out.date).ok()))
    return std::nullopt;
  return out;
}

std::string to_text(const holiday& x) {
  char out[32];
  const auto month = static_cast<unsigned>(x.date.month()), day = static_cast<unsigned>(x.date.day());
  if (x.year != 0)
    std::snprintf(out, sizeof out, "%04d-%02u-%02u", x.year, month, day);
  else
    std::snprintf(out, sizeof out, "%02u-%02u", month, day);
  return out;
}

bool calendar::is_holiday(std::chrono::sys_days date) const {
  const std::chrono::year_month_day of{date};
  const auto day = of.month() / of.day();
  return holidays.contains({0, day}) || holidays.contains({static_cast<int>(of.year()), day});
}

bool holds(const shift_span& x, uint8_t day_before, uint8_t day, milliseconds of_day) {
  const bool over_midnight = x.to <= x.from;
  if ((x.days & day) != 0 && of_day >= x.from && (over_midnight || of_day < x.to))
    return true;
  return over_midnight && (x.days & day_before) != 0 && of_day < x.to;
}

bool calendar::in_shift(const std::string& shift, const local_moment& at) const {
  const auto found = shifts.find(shift);
  if (found == shifts.end())
    return false;
  const auto bits = [&](std::chrono::sys_days date) {
    return day_bits(std::chrono::weekday{date}.c_encoding(), is_holiday(date));
  };
  const auto before = bits(at.date - std::chrono::days{1}), today = bits(at.date);
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const auto& each) { return holds(each, before, today, at.of_day); });
}

event_time calendar::next_change(event_time after, const std::string& zone) const {
  std::set<minutes> borders{minutes{0}};
  for (const auto& [name, spans] : shifts)
    for (const auto& each : spans)
      for (const auto at : {each.from, each.to})
        borders.insert(at % whole_day);
  const auto differs = [&](event_time at) {
    const auto before = local_moment_of(at - milliseconds{1}, zone), now = local_moment_of(at, zone);
    return std::any_of(shifts.begin(), shifts.end(),
                       [&](const auto& each) { return in_shift(each.first, before) != in_shift(each.first, now); });
  };
  const auto today = local_moment_of(after, zone).date;
  for (auto date = today; date <= today + looked_ahead; date += std::chrono::days{1}) {
    std::set<event_time> moments;
    for (const auto border : borders)
      for (const auto at : moments_of({date, border}, zone))
        if (at > after)
          moments.insert(at);
    const auto found = std::find_if(moments.begin(), moments.end(), differs);
    if (found != moments.end())
      return *found;
  }
  return forever;
}

} // namespace millwright
