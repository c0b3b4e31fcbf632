#include "actors/route/route_table.hpp"

#include "protocol/name_pattern.hpp"

#include <algorithm>

namespace millwright {

namespace {

std::string either(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

// The node's own alarms name their subject as the unit.
const std::string& unit_of(const alarm_transition& x) {
  static const std::string none;
  return x.condition.facility.empty() ? none : x.condition.unit.text;
}

std::vector<std::string> names_of(const std::vector<shift_name>& shifts) {
  std::vector<std::string> out;
  for (const auto& each : shifts)
    out.push_back(each.calendar + '.' + each.shift);
  return out;
}

// A channel that is down is not told of itself.
bool may_tell(const channel_name& channel, const alarm_transition& x) {
  return x.condition.which != rule::channel_down || channel.text != x.condition.unit.text;
}

// How often `every` has passed.
int64_t times_in(milliseconds passed, milliseconds every) {
  return every.count() <= 0 || passed.count() <= 0 ? 0 : passed / every;
}

// A name of an alarm beside what a route wants of it.
struct asked_name {
  const char* what;
  const std::vector<std::string>* wanted;
  const std::string* name;
};

std::array<asked_name, 4> names_asked(const route_match& match, const alarm_transition& x) {
  return {asked_name{"facility", &match.facilities, &x.condition.facility.text},
          asked_name{"line", &match.lines, &x.evidence.line}, asked_name{"unit", &match.units, &unit_of(x)},
          asked_name{"type", &match.types, &x.evidence.sensor_type}};
}

} // namespace

event_time route_reminders::next(const unacknowledged_time& waits) const {
  if (waits.since == never)
    return forever;
  auto out = forever;
  if (const auto told = times_in(waits.told - waits.since, every); every.count() > 0 && told < times)
    out = waits.since + every * (told + 1);
  if (const auto level = waits.since + next_level_after; !next_level.empty() && waits.told < level)
    out = std::min(out, level);
  return out;
}

route_reminders::whom route_reminders::due(const unacknowledged_time& waits, event_time now) const {
  if (waits.since == never)
    return {};
  const auto capped = [&](event_time at) { return std::min<int64_t>(times_in(at - waits.since, every), times); };
  const bool again = capped(now) > capped(waits.told);
  const auto level = waits.since + next_level_after;
  return {again, !next_level.empty() && now >= level && (again || waits.told < level)};
}

std::string route_choice::way::text() const {
  std::string out;
  for (const auto& each : routes)
    out += (out.empty() ? "" : ", ") + each;
  return out;
}

void route_choice::add(const channel_name& channel, std::string_view route) {
  auto known = std::find_if(ways.begin(), ways.end(), [&](const auto& each) { return each.channel == channel; });
  if (known == ways.end())
    known = ways.insert(ways.end(), {channel, {}});
  auto& names = known->routes;
  if (route.empty() || std::find(names.begin(), names.end(), route) != names.end())
    return;
  // Whoever is told by a route is not told for want of one.
  if (names == std::vector<std::string>{std::string{default_route}})
    names.clear();
  if (route != default_route || names.empty())
    names.emplace_back(route);
}

void route_choice::add(const route_choice& other) {
  for (const auto& each : other.ways) {
    add(each.channel, {});
    for (const auto& route : each.routes)
      add(each.channel, route);
  }
}

route_choice::way route_choice::routes() const {
  route_choice all;
  for (const auto& each : ways)
    for (const auto& route : each.routes)
      all.add({}, route);
  return all.ways.empty() ? way{} : all.ways.front();
}

std::vector<channel_name> route_choice::channels() const {
  std::vector<channel_name> out;
  for (const auto& each : ways)
    out.push_back(each.channel);
  return out;
}

bool takes_name(const std::vector<std::string>& patterns, const std::string& name) {
  return patterns.empty() || (!name.empty() && std::any_of(patterns.begin(), patterns.end(),
                                                           [&](const auto& each) { return matches(each, name); }));
}

bool takes_place(const route_match& match, const std::string& facility, const std::string& line,
                 const std::string& unit) {
  return takes_name(match.facilities, facility) && takes_name(match.lines, line) && takes_name(match.units, unit);
}

bool takes_sort(const route_match& match, rule which, severity level, int priority) {
  return (match.rules.bits == 0 || match.rules.has(which)) && level >= match.level && priority >= match.priority;
}

bool route_table::has(const channel_name& channel) const {
  return std::find(channels_.begin(), channels_.end(), channel) != channels_.end();
}

const std::string& route_table::zone_of(const calendar& of, const alarm_transition& x) const {
  return x.condition.facility.empty() ? of.timezone : x.evidence.timezone;
}

const std::string& route_table::zone_of(const rota& of, const alarm_transition& x) const {
  static const std::string utc = "UTC";
  if (!of.timezone.empty())
    return of.timezone;
  return x.condition.facility.empty() ? utc : x.evidence.timezone;
}

const channel_name& route_table::whom(const channel_name& name, const alarm_transition& x, event_time now) const {
  const auto of = rotas_.find(name.text);
  return of == rotas_.end() ? name : of->second.on_duty(wall_time_of(local_moment_of(now, zone_of(of->second, x))));
}

std::optional<route_table::duty> route_table::on_duty(const std::string& name, const alarm_transition& x,
                                                      event_time now) const {
  const auto of = rotas_.find(name);
  if (of == rotas_.end())
    return std::nullopt;
  const auto& zone = zone_of(of->second, x);
  const auto at = wall_time_of(local_moment_of(now, zone));
  return duty{of->second.on_duty(at), of->second.until(at), zone};
}

bool route_table::in_any_shift(const route_match& match, const alarm_transition& x, event_time now) const {
  return match.shifts.empty() || std::any_of(match.shifts.begin(), match.shifts.end(), [&](const auto& each) {
           const auto of = calendars_.find(each.calendar);
           return of != calendars_.end() &&
                  of->second.in_shift(each.shift, local_moment_of(now, zone_of(of->second, x)));
         });
}

bool route_table::takes_at_some_time(const route_match& match, const alarm_transition& x) {
  return takes_place(match, x.condition.facility.text, x.evidence.line, unit_of(x)) &&
         takes_name(match.types, x.evidence.sensor_type) && takes_sort(match, x.condition.which, x.level, x.priority);
}

bool route_table::takes(const route_match& match, const alarm_transition& x, event_time now) const {
  return takes_at_some_time(match, x) && in_any_shift(match, x, now);
}

event_time route_table::next_change_of_shift(const alarm_transition& x, event_time after) const {
  std::vector<std::string> asked;
  for (const auto& route : routes_) {
    if (!takes_at_some_time(route.match, x))
      continue;
    for (const auto& each : route.match.shifts)
      if (std::find(asked.begin(), asked.end(), each.calendar) == asked.end())
        asked.push_back(each.calendar);
    if (route.match.shifts.empty() && !route.goes_on)
      break;
  }
  auto out = forever;
  for (const auto& each : asked)
    if (const auto of = calendars_.find(each); of != calendars_.end())
      out = std::min(out, of->second.next_change(after, zone_of(of->second, x)));
  return out;
}

// What it is refused for, or else what it is taken for.
std::string route_table::why(const route_match& match, const alarm_transition& x, event_time now) const {
  std::string for_this;
  const auto taken = [&](const std::string& text) { for_this += (for_this.empty() ? "" : ", ") + text; };
  for (const auto& each : names_asked(match, x)) {
    if (each.wanted->empty())
      continue;
    if (each.name->empty())
      return std::string{"it has no "} + each.what + ", and " + either(*each.wanted) + " is wanted";
    if (!takes_name(*each.wanted, *each.name))
      return std::string{each.what} + ' ' + *each.name + " is not " + either(*each.wanted);
    taken(std::string{each.what} + ' ' + *each.name);
  }
  if (match.rules.bits != 0) {
    const auto which = std::string{name_of(x.condition.which)};
    if (!match.rules.has(x.condition.which))
      return "rule " + which + " is not " + either(names_of(match.rules));
    taken("rule " + which);
  }
  if (match.level != severity::normal) {
    const auto level = "severity " + std::string{name_of(x.level)};
    if (x.level < match.level)
      return level + " is below " + std::string{name_of(match.level)};
    taken(level);
  }
  if (match.priority > 0) {
    const auto priority = "priority " + std::to_string(x.priority);
    if (x.priority < match.priority)
      return priority + " is below " + std::to_string(match.priority);
    taken(priority);
  }
  if (!match.shifts.empty()) {
    const auto of = calendars_.find(match.shifts.front().calendar);
    const auto& zone = of == calendars_.end() ? x.evidence.timezone : zone_of(of->second, x);
    const auto when = day_text(std::chrono::weekday{local_moment_of(now, zone).date}) + ' ' + local_minute(now, zone);
    if (!in_any_shift(match, x, now))
      return when + " is not in " + either(names_of(match.shifts));
    taken(when + " is in " + either(names_of(match.shifts)));
  }
  return for_this.empty() ? "it takes every alarm" : for_this;
}

std::vector<const alarm_route*> route_table::taking(const alarm_transition& x, event_time now) const {
  std::vector<const alarm_route*> out;
  for (const auto& each : routes_)
    if (takes(each.match, x, now)) {
      out.push_back(&each);
      if (!each.goes_on)
        break;
    }
  return out;
}

route_choice route_table::choose(const alarm_transition& x, event_time now) const {
  route_choice out;
  const auto taken = taking(x, now);
  for (const auto* each : taken)
    for (const auto& name : each->channels)
      if (const auto& channel = whom(name, x, now); has(channel) && may_tell(channel, x))
        out.add(channel, each->name);
  if (!out.ways.empty())
    return out;
  for (const auto& channel : channels_)
    if (may_tell(channel, x))
      out.add(channel, taken.empty() && !routes_.empty() ? default_route : std::string_view{});
  return out;
}

route_choice route_table::remind(const alarm_transition& x, const unacknowledged_time& waits, event_time now) const {
  route_choice out;
  bool by_route = false;
  for (const auto* each : taking(x, now)) {
    const auto& reminders = each->reminders;
    const auto due = reminders.due(waits, now);
    for (const auto& name : each->channels) {
      const auto& channel = whom(name, x, now);
      if (!has(channel) || !may_tell(channel, x))
        continue;
      by_route = true;
      if (due.again)
        out.add(channel, each->name);
    }
    for (const auto& name : reminders.next_level)
      if (const auto& channel = whom(name, x, now); due.next_level && has(channel) && may_tell(channel, x))
        out.add(channel, each->name + ", next level");
  }
  if (!by_route && reminders_.due(waits, now).again)
    out.add(choose(x, now));
  return out;
}

route_table route_table::without_reminders() const {
  auto out = *this;
  out.reminders_ = {};
  for (auto& each : out.routes_)
    each.reminders = {};
  return out;
}

event_time route_table::next_reminder(const unacknowledged_time& waits) const {
  auto out = reminders_.next(waits);
  for (const auto& each : routes_)
    out = std::min(out, each.reminders.next(waits));
  return out;
}

std::vector<route_table::step> route_table::explain(const alarm_transition& x, event_time now) const {
  std::vector<step> out;
  for (const auto& each : routes_) {
    out.push_back({&each, takes(each.match, x, now), why(each.match, x, now)});
    if (out.back().takes && !each.goes_on)
      break;
  }
  return out;
}

} // namespace millwright
