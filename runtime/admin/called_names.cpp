#include "runtime/admin/called_names.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <set>

namespace millwright {

namespace {

constexpr size_t most_sensors_told_apart = 5;
/// Looked through for a name that was meant.
constexpr uint32_t most_sensors_looked_at = 200'000;

} // namespace

std::vector<sensor_key> sensors_called(const std::string& name, const std::string& facility,
                                       const sensor_lister& sensors) {
  std::vector<sensor_key> out;
  const auto look = [&](const std::string& in, const std::string& id) {
    sensor_filter wanted;
    wanted.sensor = id;
    if (!in.empty())
      wanted.facility = in;
    for (const auto& each : sensors(wanted).sensors)
      // Not by a pattern that a name happens to be.
      if (each.key.sensor.text == id && (in.empty() || each.key.facility.text == in))
        out.push_back(each.key);
  };
  look(facility, name);
  for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1))
    if (const auto in = name.substr(0, slash);
        !in.empty() && slash + 1 < name.size() && (facility.empty() || in == facility))
      look(in, name.substr(slash + 1));
  return out;
}

sensor_key sensor_called(const std::string& name, const std::string& facility, const sensor_lister& sensors) {
  const auto typed = [](const sensor_key& key) { return key.facility.text + '/' + key.sensor.text; };
  const auto found = sensors_called(name, facility, sensors);
  if (found.size() == 1)
    return found.front();
  if (found.empty()) {
    std::set<std::string> known;
    sensor_filter all;
    all.limit = most_sensors_looked_at;
    if (!facility.empty())
      all.facility = facility;
    for (const auto& each : sensors(all).sensors) {
      known.insert(each.key.sensor.text);
      known.insert(typed(each.key));
    }
    throw failure{failure_code::not_found, name,
                  "no sensor" + (facility.empty() ? std::string{} : " of " + facility) + " is called so" +
                      did_you_mean(name, {known.begin(), known.end()}) + "; millwright sensors list lists them"};
  }
  std::string which;
  for (size_t i = 0; i < std::min(found.size(), most_sensors_told_apart); ++i)
    which += (i == 0 ? "" : ", or ") + typed(found[i]);
  throw failure{failure_code::not_found, name,
                std::to_string(found.size()) + " sensors are called so; say which: " + which +
                    (found.size() > most_sensors_told_apart ? ", or another" : "")};
}

std::vector<entity_key> units_called(const std::string& name, const std::string& facility,
                                     std::span<const entity_line> lines) {
  std::vector<entity_key> out;
  for (const auto& each : lines)
    if (each.key.type == unit_kind && (facility.empty() || each.key.facility.text == facility) &&
        (each.key.id == name || typed_name(each.key) == name))
      out.push_back(each.key);
  return out;
}

} // namespace millwright
