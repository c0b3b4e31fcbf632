#include "runtime/metadata/local_clock.hpp"

#include "protocol/failure.hpp"

#include <date/tz.h>

#include <algorithm>

namespace millwright {

namespace {

const date::time_zone* zone_named(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

} // namespace

bool is_time_zone(std::string_view zone) {
  return zone_named(zone) != nullptr;
}

local_clock::local_clock(std::string_view zone) : zone_{zone_named(zone)} {
  if (!zone_)
    throw failure{failure_code::bad_metadata, "", "unknown time zone `" + std::string{zone} + "`"};
}

void local_clock::look_up(event_time at) {
  const auto info = zone_->get_info(std::chrono::floor<std::chrono::seconds>(at));
  // The first and last stretch reach beyond what milliseconds can hold.
  const auto in_range = [](date::sys_seconds x) {
    const std::chrono::seconds least = std::chrono::floor<std::chrono::seconds>(never.time_since_epoch());
    const std::chrono::seconds greatest = std::chrono::floor<std::chrono::seconds>(forever.time_since_epoch());
    return event_time{milliseconds{std::clamp(x.time_since_epoch(), least, greatest)}};
  };
  begin_ = in_range(info.begin);
  end_ = in_range(info.end);
  offset_ = info.offset;
}

enrichment local_clock::at(event_time at) {
  const auto local = at + offset_at(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  enrichment out;
  out.hour_of_day = static_cast<int>((local - day) / std::chrono::hours{1});
  out.day_of_week = static_cast<int>(std::chrono::weekday{day}.c_encoding()) + 1;
  out.shift = shift_of(out.hour_of_day);
  return out;
}

} // namespace millwright
