#include "actors/route/rota.hpp"

#include "actors/route/calendar.hpp"

#include <algorithm>
#include <cstdio>

namespace millwright {

namespace {

// The turns that have begun since the first, that one not among them; below 0 before it.
int64_t turn_at(const rota& of, wall_time at) {
  const auto passed = (at - of.starts).count(), every = of.every.count();
  return passed / every - (passed % every < 0 ? 1 : 0);
}

} // namespace

wall_time wall_time_of(const local_moment& x) {
  return wall_time{x.date.time_since_epoch() + x.of_day};
}

std::optional<wall_time> parse_wall_time(std::string_view text) {
  if (text.size() != 16 || (text[10] != ' ' && text[10] != 'T'))
    return std::nullopt;
  const auto date = parse_holiday(text.substr(0, 10));
  const auto of_day = parse_clock_time(text.substr(11));
  if (!date || date->year == 0 || !of_day || text[13] != ':')
    return std::nullopt;
  const std::chrono::local_days day{std::chrono::year{date->year} / date->date};
  return wall_time{day} + *of_day;
}

std::string to_text(wall_time x) {
  const auto day = std::chrono::floor<std::chrono::days>(x);
  const std::chrono::year_month_day date{day};
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return out + clock_text(std::chrono::floor<std::chrono::minutes>(x - day));
}

const rota::exception* rota::in_place(wall_time at) const {
  const auto found = std::find_if(exceptions.begin(), exceptions.end(),
                                  [&](const auto& each) { return at >= each.from && at < each.to; });
  return found == exceptions.end() ? nullptr : &*found;
}

const channel_name& rota::on_duty(wall_time at) const {
  if (const auto* instead = in_place(at))
    return instead->channel;
  const auto count = static_cast<int64_t>(channels.size());
  return channels[static_cast<size_t>((turn_at(*this, at) % count + count) % count)];
}

std::optional<wall_time> rota::next_border(wall_time at) const {
  std::optional<wall_time> out;
  const auto look = [&](wall_time border) {
    if (border > at && (!out || border < *out))
      out = border;
  };
  if (const auto* instead = in_place(at))
    look(instead->to);
  else if (channels.size() > 1)
    look(starts + every * (turn_at(*this, at) + 1));
  for (const auto& each : exceptions)
    look(each.from);
  return out;
}

std::optional<wall_time> rota::until(wall_time at) const {
  const auto& now = on_duty(at);
  // Behind each exception whoever is in the list has come round once.
  const auto most = (exceptions.size() + 1) * (channels.size() + 2) + exceptions.size() * 2;
  auto border = next_border(at);
  for (size_t i = 0; border && i < most; ++i) {
    if (on_duty(*border) != now)
      return border;
    border = next_border(*border);
  }
  return std::nullopt;
}

} // namespace millwright
