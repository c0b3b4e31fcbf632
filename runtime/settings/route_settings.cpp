#include "runtime/settings/route_settings.hpp"

#include "runtime/settings/settings.hpp"

namespace millwright {

shift_name parse_shift_name(const std::string& text) {
  const auto dot = text.find('.');
  if (dot == std::string::npos)
    return {text, {}};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

namespace {

std::map<std::string, rota> rotas_of(const node_settings& settings) {
  std::map<std::string, rota> out;
  for (const auto& [name, given] : settings.rotas) {
    auto& to = out[name];
    to.timezone = given.timezone;
    to.starts = given.starts.value_or(wall_time{});
    to.every = given.every;
    for (const auto& each : given.channels)
      to.channels.push_back({each});
    for (const auto& each : given.overrides)
      if (each.from && each.to)
        to.exceptions.push_back({*each.from, *each.to, {each.channel}});
  }
  return out;
}

} // namespace

route_table routes_of(const node_settings& settings) {
  std::vector<channel_name> channels;
  for (const auto& each : settings.channels)
    channels.push_back({each.name});
  std::map<std::string, calendar> calendars;
  for (const auto& [name, given] : settings.calendars) {
    auto& to = calendars[name];
    to.timezone = given.timezone;
    to.shifts = given.shifts;
    to.holidays = {given.holidays.begin(), given.holidays.end()};
  }
  std::vector<alarm_route> routes;
  for (const auto& given : settings.routes) {
    auto& to = routes.emplace_back();
    to.name = given.name;
    to.goes_on = given.goes_on;
    for (const auto& each : given.channels)
      to.channels.push_back({each});
    to.reminders = {given.remind_after.value_or(settings.alarms.remind_after),
                    settings.alarms.remind_times,
                    {},
                    given.next_level_after};
    for (const auto& each : given.next_level)
      to.reminders.next_level.push_back({each});
    auto& match = to.match;
    match.facilities = given.facilities;
    match.lines = given.lines;
    match.units = given.units;
    match.types = given.types;
    for (const auto& each : given.rules)
      if (const auto which = rule_named(each))
        match.rules.put(*which);
    // No alarm is less than low.
    match.level = given.level == severity::low ? severity::normal : given.level;
    match.priority = given.priority;
    for (const auto& each : given.shifts)
      match.shifts.push_back(parse_shift_name(each));
  }
  return route_table{std::move(channels),
                     std::move(routes),
                     std::move(calendars),
                     {settings.alarms.remind_after, settings.alarms.remind_times},
                     rotas_of(settings)};
}

} // namespace millwright
