#include "runtime/routing/route_notices.hpp"

#include "protocol/failure.hpp"
#include "runtime/settings/kinds.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace millwright {

namespace {

constexpr const char* some_other = "another one";

// How urgent an alarm of the plant may be beside its score.
std::vector<urgency> urgencies_of(const detection_settings& detection, const known_plant& plant) {
  std::vector<urgency> out;
  if (plant.units) {
    for (const auto& each : *plant.units)
      out.push_back({each.how, each.id, each.facility});
    return out;
  }
  for (const auto how : {criticality::low, criticality::medium, criticality::high, criticality::unknown})
    out.push_back({how, {}, {}});
  const std::string_view none;
  const auto unit = detection.priority_units.empty() ? none : std::string_view{detection.priority_units.front()};
  const auto facility =
      detection.priority_facilities.empty() ? none : std::string_view{detection.priority_facilities.front()};
  out.push_back({criticality::unknown, unit, none});
  out.push_back({criticality::unknown, none, facility});
  out.push_back({criticality::unknown, unit, facility});
  return out;
}

std::vector<alarm_world::sort> sorts_that_page(const detection_settings& detection, const known_plant& plant) {
  std::vector<alarm_world::sort> out;
  const auto urgencies = urgencies_of(detection, plant);
  for (int i = 0; i < rule_count; ++i) {
    const auto which = static_cast<rule>(i);
    if (!detection.of(which).tells())
      continue;
    for (const auto& [level, score] : paged_as(detection, which)) {
      std::set<int> priorities;
      if (which >= first_node_rule)
        priorities.insert(std::clamp(score, 0, 100));
      else
        for (const auto& each : urgencies)
          priorities.insert(priority_of(detection, which, score, each));
      for (const auto priority : priorities)
        out.push_back({which, level, priority});
    }
  }
  return out;
}

// Names that routes have, and one that none has.
template <class Names>
std::vector<std::string> named_by(const node_settings& settings, Names names) {
  std::vector<std::string> out{some_other};
  for (const auto& each : settings.routes)
    for (const auto& name : names(each))
      out.push_back(name);
  return out;
}

std::vector<alarm_world::place> places_in(const node_settings& settings, const known_plant& plant) {
  std::set<alarm_world::place> out;
  std::vector<std::pair<std::string, std::string>> facilities;
  if (plant.facilities) {
    for (const auto& [id, info] : *plant.facilities)
      facilities.emplace_back(id, info.production_line);
  } else {
    auto lines = named_by(settings, [](const route_settings& x) { return x.lines; });
    lines.emplace_back();
    for (const auto& facility : named_by(settings, [](const route_settings& x) { return x.facilities; }))
      for (const auto& line : lines)
        facilities.emplace_back(facility, line);
  }
  if (plant.units) {
    for (const auto& each : *plant.units) {
      bool known = false;
      for (const auto& [facility, line] : facilities)
        if (each.facility.empty() || facility == each.facility) {
          out.insert({facility, line, each.id});
          known = true;
        }
      if (!known)
        out.insert({each.facility, {}, each.id});
    }
  } else {
    auto units = named_by(settings, [](const route_settings& x) { return x.units; });
    units.emplace_back();
    for (const auto& [facility, line] : facilities)
      for (const auto& unit : units)
        out.insert({facility, line, unit});
  }
  return {out.begin(), out.end()};
}

std::string without(const char* what, const std::string& why) {
  return std::string{"routes are looked over without the plant's "} + what + ": " + why;
}

// A simulated plant knows its sensors when it runs, and writes its files then. @param out what is missing before.
plant_settings written_files(const node_settings& settings, std::vector<std::string>& out) {
  auto files = settings.plant;
  if (settings.source.kind != source_kind::simulation)
    return files;
  std::error_code ignored;
  for (auto* path : {&files.facilities, &files.sensors})
    if (!path->empty() && !std::filesystem::exists(*path, ignored)) {
      out.push_back(without("files", *path + " is not there yet; check again once the simulated plant has run"));
      path->clear();
    }
  if (settings.plant.sensors.empty())
    out.push_back(without("sensors", "it is a simulated one, and plant.sensors names no file of them"));
  return files;
}

std::string where_of(const std::string& what, const node_settings& settings) {
  if (what == "facility" || what == "line")
    return settings.plant.facilities.empty() ? "" : " in " + settings.plant.facilities;
  if (what == "unit")
    return settings.plant.sensors.empty() ? "" : " in " + settings.plant.sensors;
  return what == "rule" ? " that pages" : "";
}

std::string why_unreached(const route_findings::unreached& x, const node_settings& settings) {
  if (!x.taken_by.empty())
    return fmt::format("{} before it {} whatever it would", fmt::join(x.taken_by, ", "),
                       x.taken_by.size() == 1 ? "takes" : "take");
  if (x.what.empty())
    return "no alarm is all that it wants";
  const auto wanted = x.wanted.size() == 1 ? x.wanted.front() : kinds::alternatives(x.wanted);
  return "there is no " + x.what + ' ' + wanted + where_of(x.what, settings) + did_you_mean(x.wanted.front(), x.known);
}

// Whoever takes turns there is told of nothing.
void note_unused_rotas(const node_settings& settings, std::vector<std::string>& out) {
  for (const auto& each : settings.rotas) {
    const auto& name = each.first;
    const auto has_it = [&](const std::vector<std::string>& channels) {
      return std::find(channels.begin(), channels.end(), name) != channels.end();
    };
    if (std::none_of(settings.routes.begin(), settings.routes.end(),
                     [&](const auto& x) { return has_it(x.channels) || has_it(x.next_level); }))
      out.push_back("rota " + name + ": no route has it, so nobody is told by it");
  }
}

} // namespace

alarm_world alarm_world_of(const node_settings& settings, const known_plant& plant, std::vector<std::string> types) {
  return {sorts_that_page(settings.detection, plant), places_in(settings, plant), std::move(types)};
}

std::vector<std::string> route_notices(const node_settings& settings, std::vector<std::string> types) {
  std::vector<std::string> out;
  note_unused_rotas(settings, out);
  if (settings.routes.empty())
    return out;
  const auto files = written_files(settings, out);
  known_plant plant;
  try {
    plant = read_known_plant(files);
  } catch (const failure& problem) {
    out.push_back(without("files", problem.what()));
    plant = {};
  }
  const auto found = look_over(routes_of(settings), alarm_world_of(settings, plant, std::move(types)));
  for (const auto& each : found.unreached_routes)
    out.push_back("route " + settings.routes[each.route].name +
                  ": nothing reaches it: " + why_unreached(each, settings));
  for (const auto& each : found.untaken)
    out.push_back("no route takes " + each + ": the default route tells every channel of them");
  if (found.more_untaken)
    out.emplace_back("and there are more alarms that no route takes; a last route without match takes them all");
  return out;
}

} // namespace millwright
