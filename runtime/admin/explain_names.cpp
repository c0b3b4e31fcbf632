#include "runtime/admin/explain_names.hpp"

#include "protocol/failure.hpp"
#include "protocol/id_digits.hpp"
#include "runtime/admin/called_names.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"
#include "runtime/admin/shelving_request.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <set>

namespace millwright {

namespace {

constexpr size_t most_told_apart = 5;
/// Looked through for a name that was meant.
constexpr uint32_t most_names = 200'000;

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

// None; the only one; or, of several, what to say for each.
template <class Key, class Name>
std::optional<Key> only_one(const std::string& name, const std::vector<Key>& found, Name name_of_one) {
  if (found.size() > 1) {
    std::vector<std::string> all;
    for (const auto& each : found)
      all.push_back(name_of_one(each));
    std::sort(all.begin(), all.end());
    several(name, all);
  }
  return found.empty() ? std::nullopt : std::optional{found.front()};
}

explain_source::record_pointer alarm_called(const std::string& name, const explain_source& from) {
  const auto digits = id_digits(name);
  if (!digits || digits->size() < least_id_digits)
    return nullptr;
  const auto found = from.alarms([&](const alarm_record& x) { return begins_with(x.id(), *digits); });
  return only_one(name, found, [](const auto& each) { return to_string(each->id()); }).value_or(nullptr);
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
  if (auto sensor = only_one(name, sensors_called(name, {}, from.sensors), typed))
    return {nullptr, std::move(sensor), std::nullopt};
  const auto lines = from.plant.lines();
  if (auto unit = only_one(name, units_called(name, {}, lines), typed_name))
    return {nullptr, std::nullopt, std::move(unit)};
  if (auto alarm = alarm_called(name, from))
    return {std::move(alarm), std::nullopt, std::nullopt};
  unknown(name, from, lines);
}

} // namespace millwright
