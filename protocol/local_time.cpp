#include "protocol/local_time.hpp"

#include <date/tz.h>

#include <exception>

namespace millwright {

namespace {

template <class Duration>
std::string shown(event_time at, const std::string& zone, const char* here, const char* utc) {
  const auto cut = std::chrono::floor<Duration>(at);
  try {
    return date::format(here, date::make_zoned(zone, cut));
  } catch (const std::exception&) {
    return date::format(utc, cut);
  }
}

} // namespace

std::string local_time(event_time at, const std::string& zone) {
  return shown<std::chrono::seconds>(at, zone, "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S UTC");
}

std::string local_minute(event_time at, const std::string& zone) {
  return shown<std::chrono::seconds>(at, zone, "%Y-%m-%d %H:%M %Z", "%Y-%m-%d %H:%M UTC");
}

local_moment local_moment_of(event_time at, const std::string& zone) {
  auto local = at.time_since_epoch();
  try {
    local += date::locate_zone(zone)->get_info(std::chrono::floor<std::chrono::seconds>(at)).offset;
  } catch (const std::exception&) {
    // UTC then.
  }
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return {std::chrono::sys_days{day}, local - day};
}

std::vector<event_time> moments_of(const local_moment& x, const std::string& zone) {
  const auto shown = x.date.time_since_epoch() + x.of_day;
  try {
    const auto info =
        date::locate_zone(zone)->get_info(date::local_seconds{std::chrono::floor<std::chrono::seconds>(shown)});
    if (info.result == date::local_info::nonexistent)
      return {info.first.end};
    std::vector<event_time> out{event_time{shown - info.first.offset}};
    if (info.result == date::local_info::ambiguous)
      out.emplace_back(shown - info.second.offset);
    return out;
  } catch (const std::exception&) {
    return {event_time{shown}};
  }
}

} // namespace millwright
