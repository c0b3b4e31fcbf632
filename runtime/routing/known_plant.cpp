#include "runtime/routing/known_plant.hpp"

#include "protocol/failure.hpp"
#include "runtime/metadata/metadata_rows.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace millwright {

namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (in)
    text << in.rdbuf();
  if (!in)
    throw failure{failure_code::bad_metadata, path, std::string{"cannot be read: "} + std::strerror(errno)};
  return text.str();
}

} // namespace

facility_info known_plant::facility(const std::string& id) const {
  if (facilities)
    if (const auto at = facilities->find(id); at != facilities->end())
      return at->second;
  facility_info out;
  out.id = {id};
  return out;
}

criticality known_plant::criticality_of(const std::string& facility, const std::string& unit) const {
  auto out = criticality::unknown;
  if (units)
    for (const auto& each : *units)
      if (each.facility == facility && each.id == unit)
        out = std::max(out, each.how);
  return out;
}

known_plant read_known_plant(const plant_settings& files) {
  known_plant out;
  if (!files.facilities.empty()) {
    unknown_keys keys{facility_keys()};
    auto& all = out.facilities.emplace();
    read_facility_rows(
        text_of_file(files.facilities), files.facilities,
        [&](facility_info row) {
          auto id = row.id.text;
          all.insert_or_assign(std::move(id), std::move(row));
        },
        keys);
  }
  if (!files.sensors.empty()) {
    unknown_keys keys{sensor_keys()};
    auto& all = out.units.emplace();
    read_sensor_rows(
        text_of_file(files.sensors), files.sensors,
        [&](sensor_row row) {
          if (!row.facility.empty() || !out.facilities) {
            all.insert({row.facility, row.info.equipment.text, row.info.how_critical});
            return;
          }
          // Without a facility it is a row of each.
          for (const auto& [id, facility] : *out.facilities)
            all.insert({id, row.info.equipment.text, row.info.how_critical});
        },
        keys);
  }
  return out;
}

} // namespace millwright
