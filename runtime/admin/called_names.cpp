#include "runtime/admin/called_names.hpp"

#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"

namespace millwright {

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
