#include "runtime/settings/tables.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

using text_list = std::vector<std::string>;

bool is_among(const std::string& name, const text_list& known) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

// "there is no channel slak (did you mean slack?)", and what there is where nothing is near.
std::string none_named(const std::string& what, const std::string& name, const text_list& known) {
  auto out = "there is no " + what + ' ' + name + did_you_mean(name, known);
  if (known.empty())
    return out + "; there is none at all";
  return nearest_name(name, known).empty() ? out + "; expected " + kinds::alternatives(known) : out;
}

text_list shift_names(const node_settings& settings) {
  text_list out;
  for (const auto& [name, calendar] : settings.calendars)
    for (const auto& [shift, spans] : calendar.shifts)
      out.push_back(name + '.' + shift);
  return out;
}

void check_overrides(const rota_settings& rota, const std::string& key, const text_list& channels,
                     settings_report& report) {
  for (size_t i = 0; i < rota.overrides.size(); ++i) {
    const auto& each = rota.overrides[i];
    const auto own = key + ".overrides[" + std::to_string(i) + ']';
    const auto at = [&](const char* name) { return text_list{own + '.' + name, own, key + ".overrides", key}; };
    const auto whole = each.from && each.to && !each.channel.empty();
    require(whole || report.wrong(own), at("from"), "expected from, to and channel together", report);
    if (!whole)
      continue;
    require(*each.from < *each.to, at("to"), "expected a time behind from", report);
    require(is_among(each.channel, channels), at("channel"), none_named("channel", each.channel, channels), report);
    for (size_t before = 0; before < i; ++before) {
      const auto& other = rota.overrides[before];
      require(!other.from || !other.to || *each.to <= *other.from || *other.to <= *each.from, at("from"),
              std::string{"expected times that no other override has, got some of overrides["} +
                  std::to_string(before) + ']',
              report);
    }
  }
}

void check_rotas(const node_settings& settings, const text_list& channels, settings_report& report) {
  for (const auto& [name, rota] : settings.rotas) {
    const auto key = "rotas." + name;
    const auto at = [&](const char* part) { return text_list{key + '.' + part, key, "rotas"}; };
    require(!is_among(name, channels), {key, "rotas"}, "expected another name: there is a channel " + name, report);
    require(rota.starts || report.wrong(key + ".starts"), at("starts"),
            "expected also starts, when the first turn begins, like 2026-11-30 08:00", report);
    require(!rota.channels.empty() || report.wrong(key + ".channels"), at("channels"),
            "expected also channels, who take turns", report);
    for (const auto& each : rota.channels)
      require(is_among(each, channels), at("channels"), none_named("channel", each, channels), report);
    check_overrides(rota, key, channels, report);
  }
}

} // namespace

void check_routes(const node_settings& settings, settings_report& report) {
  for (const auto& [name, calendar] : settings.calendars)
    for (const auto& [shift, spans] : calendar.shifts)
      require(shift.find('.') == std::string::npos && !shift.empty(), {"calendars." + name + ".shifts"},
              "expected names of shifts without a dot, got \"" + shift + '"', report);
  text_list channels, before;
  for (const auto& each : settings.channels)
    channels.push_back(each.name);
  check_rotas(settings, channels, report);
  auto told = channels;
  for (const auto& [name, rota] : settings.rotas)
    told.push_back(name);
  const auto one_told = settings.rotas.empty() ? "channel" : "channel or rota";
  const auto shifts = shift_names(settings), rules = names_of(every_rule);
  for (size_t i = 0; i < settings.routes.size(); ++i) {
    const auto& route = settings.routes[i];
    const auto key = "routes[" + std::to_string(i) + ']';
    const auto at = [&](const std::string& name) { return text_list{key + '.' + name, key, "routes"}; };
    require(!route.name.empty() || report.wrong(key), at("name"), "expected also a name for each route", report);
    require(route.name != default_route, at("name"),
            "expected another name: default is the route of what no other takes", report);
    require(route.name.find_first_not_of(name_letters) == std::string::npos, at("name"),
            "expected a name of letters, digits, - and _", report);
    require(route.name.empty() || !is_among(route.name, before), at("name"),
            "expected each name once, got " + route.name + " again", report);
    before.push_back(route.name);
    require(!route.channels.empty() || report.wrong(key), at("channels"), "expected also channels, who is told",
            report);
    for (const auto& each : route.channels)
      require(is_among(each, told), at("channels"), none_named(one_told, each, told), report);
    for (const auto& each : route.next_level)
      require(is_among(each, told), at("next_level.channels"), none_named(one_told, each, told), report);
    for (const auto& each : route.rules)
      require(is_among(each, rules), at("match.rule"), none_named("rule", each, rules), report);
    for (const auto& each : route.shifts)
      require(is_among(each, shifts), at("match.shift"), none_named("shift", each, shifts), report);
  }
}

} // namespace millwright
