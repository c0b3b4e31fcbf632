#include "runtime/metadata/mode_rows.hpp"

#include "protocol/quantities.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace millwright {

namespace {

std::string_view text_of(const rapidjson::Value& x) {
  return {x.GetString(), x.GetStringLength()};
}

// Of equal keys the last counts; null is absent.
const rapidjson::Value* last_of(const rapidjson::Value& object, std::string_view key) {
  const rapidjson::Value* found = nullptr;
  for (const auto& member : object.GetObject())
    if (text_of(member.name) == key)
      found = &member.value;
  return found && found->IsNull() ? nullptr : found;
}

double bound_in(const rapidjson::Value& x, const char* key) {
  if (!x.IsNumber() || !std::isfinite(x.GetDouble()))
    throw bad_mode{std::string{"expected `when."} + key + "` to be a finite number"};
  return x.GetDouble();
}

milliseconds hold_in(const rapidjson::Value& x) {
  const auto held = x.IsString() ? parse_duration(text_of(x)) : std::nullopt;
  if (!held || held->count() < 0 || *held > longest_mode_hold)
    throw bad_mode{"expected `when.for` to be a duration up to " + duration_text(longest_mode_hold) + ", like 60s"};
  return *held;
}

mode_condition condition_in(const rapidjson::Value& given, std::string_view sensor) {
  if (!given.IsObject())
    throw bad_mode{"expected `when` to be an object such as {\"sensor\":\"PW-301\",\"above\":5,\"for\":\"60s\"}, or a "
                   "list of such"};
  static const std::vector<std::string> keys{"sensor", "above", "below", "for"};
  for (const auto& member : given.GetObject())
    if (const auto key = text_of(member.name); std::find(keys.begin(), keys.end(), key) == keys.end())
      throw bad_mode{"unknown key `" + std::string{key} + "` in `when`" + did_you_mean(key, keys)};
  mode_condition out;
  if (const auto* x = last_of(given, "sensor"); x && x->IsString() && x->GetStringLength() > 0)
    out.sensor = text_of(*x);
  else
    throw bad_mode{"expected `when.sensor` to be the id of a sensor of the same facility"};
  if (out.sensor == sensor)
    throw bad_mode{"`when` asks for " + out.sensor + " itself: another sensor has to decide"};
  const auto *above = last_of(given, "above"), *below = last_of(given, "below");
  if ((above != nullptr) == (below != nullptr))
    throw bad_mode{"expected `when` to have either `above` or `below`"};
  out.above = above != nullptr;
  out.bound = above ? bound_in(*above, "above") : bound_in(*below, "below");
  // -0 is 0, in texts as in comparisons.
  out.bound += 0.0;
  if (const auto* x = last_of(given, "for"))
    out.held = hold_in(*x);
  return out;
}

rule_set rules_in(const rapidjson::Value& given) {
  if (!given.IsArray() || given.Empty())
    throw bad_mode{"expected `when_rules` to be a list of rules, such as [\"limit\",\"state\"]"};
  rule_set out;
  for (const auto& each : given.GetArray()) {
    const auto which = each.IsString() ? rule_named(text_of(each)) : std::nullopt;
    if (!which || *which >= first_node_rule) {
      const std::string name{each.IsString() ? text_of(each) : std::string_view{}};
      throw bad_mode{"unknown rule `" + name + "` in `when_rules`" + did_you_mean(name, names_of(judged_by_sensors))};
    }
    out.put(*which);
  }
  return out;
}

} // namespace

std::optional<operating_mode> mode_in(const rapidjson::Value& row, std::string_view sensor) {
  const auto *when = last_of(row, when_key), *rules = last_of(row, when_rules_key);
  if (!when) {
    if (rules)
      throw bad_mode{"`when_rules` without `when`: it says which rules wait for that"};
    return std::nullopt;
  }
  operating_mode out;
  if (when->IsArray()) {
    for (const auto& each : when->GetArray())
      out.all_of.push_back(condition_in(each, sensor));
  } else {
    out.all_of.push_back(condition_in(*when, sensor));
  }
  if (out.all_of.size() > most_mode_conditions)
    throw bad_mode{"expected `when` to have " + std::to_string(most_mode_conditions) + " conditions at most"};
  if (rules)
    out.rules = rules_in(*rules);
  return out;
}

} // namespace millwright
