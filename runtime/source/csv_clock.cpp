#include "runtime/source/csv_clock.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"

#include <date/tz.h>

namespace millwright {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes exactly `width` digits off the front.
bool take_number(std::string_view& text, size_t width, int& value) {
  if (text.size() < width)
    return false;
  value = 0;
  for (size_t i = 0; i < width; ++i) {
    if (!is_digit(text[i]))
      return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted)
    return false;
  text.remove_prefix(1);
  return true;
}

/// A time without a zone as milliseconds since 1970 by its own clock; finer digits are cut.
std::optional<milliseconds> local_time(std::string_view text) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0;
  if (!take_number(text, 4, y) || !take(text, '-') || !take_number(text, 2, mo) || !take(text, '-') ||
      !take_number(text, 2, d) || !(take(text, ' ') || take(text, 'T')) || !take_number(text, 2, h) ||
      !take(text, ':') || !take_number(text, 2, mi))
    return std::nullopt;
  if (take(text, ':')) {
    if (!take_number(text, 2, s))
      return std::nullopt;
    if (take(text, '.')) {
      if (text.empty())
        return std::nullopt;
      for (int scale = 100; !text.empty() && is_digit(text[0]); scale /= 10, text.remove_prefix(1))
        ms += (text[0] - '0') * scale;
    }
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!text.empty() || !date.ok() || y < 1 || h > 23 || mi > 59 || s > 59)
    return std::nullopt;
  return duration_cast<milliseconds>(sys_days{date}.time_since_epoch()) + hours{h} + minutes{mi} + seconds{s} +
         milliseconds{ms};
}

} // namespace

bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    const size_t before = text.size();
    while (!text.empty() && is_digit(text[0]))
      text.remove_prefix(1);
    return text.size() < before;
  };
  take(text, '-');
  if (!take(text, '0') && !digits())
    return false;
  if (take(text, '.') && !digits())
    return false;
  if (take(text, 'e') || take(text, 'E')) {
    if (!take(text, '+'))
      take(text, '-');
    if (!digits())
      return false;
  }
  return text.empty();
}

csv_clock::csv_clock(const std::string& zone) {
  if (zone == "UTC") {
    from_ = milliseconds::min();
    until_ = milliseconds::max();
    return;
  }
  try {
    zone_ = date::locate_zone(zone);
  } catch (const std::runtime_error&) {
    throw failure{failure_code::bad_mapping, "timezone", "there is no time zone \"" + zone + '"'};
  }
}

event_time csv_clock::from_local(milliseconds since_epoch) {
  if (since_epoch < from_ || since_epoch >= until_) {
    const date::local_time<milliseconds> local{since_epoch};
    const auto info = zone_->get_info(local);
    const milliseconds offset = info.first.offset;
    if (info.result != date::local_info::unique)
      // Twice: the first is the earlier. Never: the clock before the gap says by how much to shift.
      return event_time{since_epoch - offset};
    offset_ = offset;
    // Two days off either end, and no change of clocks can make a local time there ambiguous.
    constexpr std::chrono::hours margin{48};
    from_ = milliseconds{info.first.begin.time_since_epoch()} + offset + margin;
    until_ = milliseconds{info.first.end.time_since_epoch()} + offset - margin;
    return event_time{since_epoch - offset};
  }
  return event_time{since_epoch - offset_};
}

void csv_clock::append_json(std::string& out, std::string_view cell) {
  if (const auto local = local_time(cell)) {
    out += '"';
    append_iso(out, from_local(*local));
    out += '"';
  } else if (is_json_number(cell)) {
    out += cell;
  } else {
    append_json_string(out, cell);
  }
}

} // namespace millwright
