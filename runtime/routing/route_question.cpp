#include "runtime/routing/route_question.hpp"

#include "protocol/local_time.hpp"
#include "protocol/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millwright {

namespace {

alarm_transition alarm_asked(const route_question& x, const node_settings& settings, const known_plant& plant) {
  const auto facility = plant.facility(x.facility);
  const auto& detection = settings.detection;
  alarm_transition out;
  out.condition = {{x.facility}, {}, {x.unit}, x.which};
  out.kind = transition_kind::raised;
  out.at = out.raised_at = x.at;
  out.level = x.level.value_or(paged_as(detection, x.which).front().first);
  out.evidence.sensor_type = x.type;
  out.evidence.facility_name = facility.name;
  out.evidence.timezone = facility.timezone;
  out.evidence.line = x.line.value_or(facility.production_line);
  out.priority = x.priority.value_or(priority_of(detection, x.which, score_of(detection, x.which, out.level),
                                                 {plant.criticality_of(x.facility, x.unit), x.unit, x.facility}));
  return out;
}

std::string head_of(const alarm_transition& x) {
  auto out = fmt::format("{} {}, priority {}", name_of(x.level), name_of(x.condition.which), x.priority);
  if (!x.condition.unit.empty())
    out += " of " + x.condition.unit.text;
  out += x.condition.facility.empty() ? " of the node itself" : " at " + x.condition.facility.text;
  if (!x.evidence.line.empty())
    out += ", line " + x.evidence.line;
  if (!x.evidence.sensor_type.empty())
    out += ", a " + x.evidence.sensor_type + " sensor";
  return out + ", " + local_minute(x.at, x.evidence.timezone) + '\n';
}

std::string told_by(const route_choice& choice) {
  if (choice.ways.empty())
    return "told: nobody, for there is no channel\n";
  std::string out = "told: ";
  for (size_t i = 0; i < choice.ways.size(); ++i) {
    const auto routes = choice.ways[i].text();
    out += (i == 0 ? "" : ", ") + choice.ways[i].channel.text + (routes.empty() ? "" : " (" + routes + ')');
  }
  return out + '\n';
}

// Who is on duty of the rotas that stand in the routes that take it, each once.
std::string on_duty(const route_table& table, const std::vector<route_table::step>& steps, const alarm_transition& x) {
  std::string out;
  std::vector<channel_name> named;
  for (const auto& step : steps)
    if (step.takes)
      for (const auto* all : {&step.route->channels, &step.route->reminders.next_level})
        for (const auto& each : *all)
          if (std::find(named.begin(), named.end(), each) == named.end()) {
            named.push_back(each);
            if (const auto duty = table.on_duty(each.text, x, x.at))
              out += fmt::format("on duty of {}: {}{}\n", each.text, duty->channel.text,
                                 duty->until
                                     ? fmt::format(", until {} by the clock of {}", to_text(*duty->until), duty->zone)
                                     : std::string{});
          }
  return out;
}

// What follows while nobody acknowledges it; empty where nothing does.
std::string told_again(const std::string& route, const route_reminders& x) {
  std::string out;
  if (x.every.count() > 0 && x.times > 0)
    out = fmt::format("every {}, {} at most", duration_text(x.every),
                      x.times == 1 ? "once" : fmt::format("{} times", x.times));
  if (!x.next_level.empty()) {
    std::string names;
    for (const auto& each : x.next_level)
      names += (names.empty() ? "" : ", ") + each.text;
    out += fmt::format("{}from {} on {} as well", out.empty() ? "" : "; ", duration_text(x.next_level_after), names);
  }
  if (out.empty())
    return out;
  return "told again while nobody acknowledges it" + (route.empty() ? "" : " (" + route + ')') + ": " + out + '\n';
}

} // namespace

std::string answer_to(const route_question& x, const node_settings& settings, const known_plant& plant) {
  const auto table = routes_of(settings);
  const auto alarm = alarm_asked(x, settings, plant);
  auto out = head_of(alarm);
  if (!settings.detection.of(x.which).tells())
    out += fmt::format("rule {} pages nobody by its settings; if it did:\n", name_of(x.which));
  if (plant.facilities && !x.facility.empty() && !plant.facilities->contains(x.facility))
    out += fmt::format("{} names no facility {}: its clock counts as UTC, and its line is not known\n",
                       settings.plant.facilities, x.facility);
  const auto steps = table.explain(alarm, x.at);
  size_t longest = 0;
  for (const auto& each : table.routes())
    longest = std::max(longest, each.name.size());
  for (const auto& each : steps)
    out += fmt::format("  {:{}}  {}  {}{}\n", each.route->name, longest, each.takes ? "takes it" : "no      ", each.why,
                       each.takes && each.route->goes_on ? "; goes on" : "");
  for (size_t i = steps.size(); i < table.routes().size(); ++i)
    out += fmt::format("  {:{}}  not asked\n", table.routes()[i].name, longest);
  if (table.routes().empty())
    out += "there are no routes: every channel is told of everything\n";
  else if (std::none_of(steps.begin(), steps.end(), [](const auto& each) { return each.takes; }))
    out += "no route takes it: the default route tells every channel, and the page says so\n";
  out += told_by(table.choose(alarm, x.at));
  out += on_duty(table, steps, alarm);
  if (alarm.level < settings.alarms.remind_level)
    return out;
  for (const auto& each : steps)
    if (each.takes)
      out += told_again(each.route->name, each.route->reminders);
  if (std::none_of(steps.begin(), steps.end(), [](const auto& each) { return each.takes; }))
    out += told_again({}, table.reminders());
  if (settings.alarms.remind_acknowledged_after.count() > 0)
    if (const auto change = table.next_change_of_shift(alarm, x.at); change != forever)
      out += fmt::format("acknowledged now, told again at the change of shift: {}\n",
                         local_minute(change, alarm.evidence.timezone));
  return out;
}

} // namespace millwright
