#include "runtime/admin/explain_names.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <set>

namespace millwright {

namespace {

constexpr size_t most_told_apart = 5;
/// Looked through for a name that was meant.
constexpr uint32_t most_names = 200'000;
/// Of an alarm's id, as where it is acknowledged.
constexpr size_t least_of_id = 4;

[[noreturn]] void several(const std::string& name, const std::vector<std::string>& all) {
  std::string out;
  for (size_t i = 0; i < std::min(all.size(), most_told_apart); ++i)
    out += (i == 0 ? "" : ", or ") + all[i];
  if (all.size() > most_told_apart)
    out += ", or one of " + std::to_string(all.size() - most_told_apart) + " more";
  throw failure{failure_code::not_found, name, std::to_string(all.size()) + " are called so; say which: " + out};
}

std::string typed(const sensor_key& key) {
  return key.facility.text + '/' + key.sensor.text;
}

/// An id may have a slash itself.
std::optional<sensor_key> sensor_called(const std::string& name, const explain_source& from) {
  std::set<sensor_key> found;
  const auto look = [&](const std::string& facility, const std::string& sensor) {
    sensor_filter wanted;
    wanted.sensor = sensor;
    if (!facility.empty())
      wanted.facility = facility;
    for (const auto& each : from.sensors(wanted).sensors)
      // Not by a pattern that a name happens to be.
      if (each.key.sensor.text == sensor && (facility.empty() || each.key.facility.text == facility))
        found.insert(each.key);
  };
  look({}, name);
  for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1))
    if (slash > 0 && slash + 1 < name.size())
      look(name.substr(0, slash), name.substr(slash + 1));
  if (found.size() > 1) {
    std::vector<std::string> all;
    for (const auto& each : found)
      all.push_back(typed(each));
    several(name, all);
  }
  return found.empty() ? std::nullopt : std::optional{*found.begin()};
}

std::optional<entity_key> unit_called(const std::string& name, const std::vector<entity_line>& lines) {
  std::vector<entity_key> found;
  for (const auto& each : lines)
    if (each.key.type == unit_kind && (each.key.id == name || typed_name(each.key) == name))
      found.push_back(each.key);
  if (found.size() > 1) {
    std::vector<std::string> all;
    for (const auto& each : found)
      all.push_back(typed_name(each));
    std::sort(all.begin(), all.end());
    several(name, all);
  }
  return found.empty() ? std::nullopt : std::optional{found.front()};
}

explain_source::record_pointer alarm_called(const std::string& name, const explain_source& from) {
  std::string digits;
  for (const char c : name)
    if (c != '-')
      digits += static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
  if (digits.size() < least_of_id || digits.find_first_not_of("0123456789abcdef") != digits.npos)
    return nullptr;
  const auto found = from.alarms([&](const alarm_record& x) {
    auto id = to_string(x.id());
    std::erase(id, '-');
    return id.starts_with(digits);
  });
  if (found.size() > 1) {
    std::vector<std::string> all;
    for (const auto& each : found)
      all.push_back(to_string(each->id()));
    std::sort(all.begin(), all.end());
    several(name, all);
  }
  return found.empty() ? nullptr : found.front();
}

[[noreturn]] void unknown(const std::string& name, const explain_source& from, const std::vector<entity_line>& lines) {
  std::set<std::string> known;
  sensor_filter all;
  all.limit = most_names;
  for (const auto& each : from.sensors(all).sensors) {
    known.insert(each.key.sensor.text);
    known.insert(typed(each.key));
  }
  for (const auto& each : lines) {
    if (each.key.type == facility_kind && each.key.facility.text == name)
      throw failure{failure_code::not_found, name,
                    "it is a facility; say one of its units, which millwright plant " + name + " lists"};
    if (each.key.type == unit_kind) {
      known.insert(each.key.id);
      known.insert(typed_name(each.key));
    }
  }
  throw failure{failure_code::not_found, name,
                "no sensor, unit or alarm is called so" + did_you_mean(name, {known.begin(), known.end()}) +
                    "; millwright alarms lists the alarms, millwright sensors list the sensors, millwright plant "
                    "the units"};
}

} // namespace

explain_subject subject_called(const std::string& name, const explain_source& from) {
  if (auto sensor = sensor_called(name, from))
    return {nullptr, std::move(sensor), std::nullopt};
  const auto lines = from.plant.lines();
  if (auto unit = unit_called(name, lines))
    return {nullptr, std::nullopt, std::move(unit)};
  if (auto alarm = alarm_called(name, from))
    return {std::move(alarm), std::nullopt, std::nullopt};
  unknown(name, from, lines);
}

} // namespace millwright
