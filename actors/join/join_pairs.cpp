#include "actors/join/join_pairs.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr std::string_view form = "NAME: PRIMARY SECONDARY within 1min on equipment_id";

constexpr actor_setting distance_setting[] = {
    {"within", actor_setting::kind::duration, "1min", "how much older the secondary reading may be", 0, 3600}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> parted(std::string_view text, std::string_view by) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(by), text.size());
    if (const auto part = trimmed(text.substr(0, end)); !part.empty())
      out.push_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  return '"' + std::string{text} + '"';
}

// Reads one pair; says what is wrong with it, or nothing.
std::string read_pair(std::string_view text, join_pair& out) {
  const auto colon = text.find(':');
  out.name = trimmed(text.substr(0, colon));
  if (out.name.empty() || out.name.find_first_of(" \t") != std::string::npos)
    return in_quotes(text) + " has no name: write " + std::string{form};
  if (colon == std::string_view::npos) {
    if (out.name != shipped_join().name)
      return in_quotes(text) + " names no sensor types, and is not the shipped " + shipped_join().name + ": write " +
             std::string{form};
    out = shipped_join();
    return {};
  }
  const auto words = parted(text.substr(colon + 1), " \t\r\n");
  if (words.size() < 2 || words.size() % 2 != 0)
    return in_quotes(text) + " is not two sensor types, then \"within\" and a duration, then \"on\" and a key: write " +
           std::string{form};
  out.primary = words[0];
  out.secondary = words[1];
  if (out.primary == out.secondary)
    return in_quotes(text) + " joins " + out.primary + " with itself: name two different sensor types";
  for (size_t i = 2; i < words.size(); i += 2) {
    if (words[i] == "within") {
      actor_settings distance{distance_setting};
      if (!distance.set("within", words[i + 1]))
        return in_quotes(text) + ": " + in_quotes(words[i + 1]) +
               " is no duration from 0 to 1h: write one like 30s or 1min";
      out.within = distance.duration("within");
    } else if (words[i] == "on") {
      if (words[i + 1] != name_of(join_key::equipment_id) && words[i + 1] != name_of(join_key::facility_id))
        return in_quotes(text) + ": readings are joined on equipment_id or facility_id, not on " +
               in_quotes(words[i + 1]);
      out.key = words[i + 1] == name_of(join_key::facility_id) ? join_key::facility_id : join_key::equipment_id;
    } else {
      return in_quotes(text) + ": " + in_quotes(words[i]) + " is neither \"within\" nor \"on\": write " +
             std::string{form};
    }
  }
  return {};
}

} // namespace

std::string_view name_of(join_key key) {
  return key == join_key::equipment_id ? "equipment_id" : "facility_id";
}

const join_pair& shipped_join() {
  static const join_pair shipped{std::string{"vibration-temperature"}, std::string{"vibration"},
                                 std::string{"temperature"}, milliseconds{60'000}, join_key::equipment_id};
  return shipped;
}

const join_pair* configured_joins::named(std::string_view name) const {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const join_pair& each) { return each.name == name; });
  return found == pairs.end() ? nullptr : &*found;
}

std::vector<std::string> configured_joins::unknown_types(const std::function<bool(std::string_view)>& known) const {
  std::vector<std::string> out;
  for (const auto& each : pairs)
    for (const auto* type : {&each.primary, &each.secondary})
      if (!known(*type))
        out.push_back("the join " + each.name + " is of the sensor type " + in_quotes(*type) +
                      ", which is none: types match exactly");
  return out;
}

configured_joins parse_joins(std::string_view text) {
  configured_joins out;
  for (const auto each : parted(text, ";")) {
    join_pair pair;
    auto wrong = read_pair(each, pair);
    if (wrong.empty() && out.named(pair.name))
      wrong = in_quotes(each) + ": there are two joins of that name";
    if (wrong.empty())
      out.pairs.push_back(std::move(pair));
    else
      out.problems.push_back(std::move(wrong));
  }
  return out;
}

const configured_joins& joins_of(const actor_settings& settings) {
  thread_local std::string text;
  thread_local configured_joins joins;
  if (const auto& now = settings.text("pairs"); now != text) {
    text = now;
    joins = parse_joins(now);
  }
  return joins;
}

} // namespace millwright
