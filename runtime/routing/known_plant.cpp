#include "runtime/routing/known_plant.hpp"

#include "runtime/metadata/metadata_rows.hpp"

#include <iterator>
#include <utility>

namespace millwright {

namespace {

using unit_set = std::set<known_plant::unit>;

// The highest that a row gives.
criticality highest_of(const unit_set& units, const std::string& facility, const std::string& unit) {
  const auto behind = units.upper_bound({facility, unit, criticality::high});
  if (behind == units.begin())
    return criticality::unknown;
  const auto& last = *std::prev(behind);
  return last.facility == facility && last.id == unit ? last.how : criticality::unknown;
}

// Where no row of the facility gives one, those for every facility do.
criticality among(const unit_set& units, const std::string& facility, const std::string& unit) {
  const auto here = highest_of(units, facility, unit);
  return here == criticality::unknown ? highest_of(units, {}, unit) : here;
}

// A sensor whose row gives none has what its unit's other rows give, as where it is judged.
void fill_unknown(unit_set& units) {
  for (auto at = units.begin(); at != units.end();) {
    const auto how =
        at->how == criticality::unknown && !at->id.empty() ? among(units, at->facility, at->id) : criticality::unknown;
    if (how == criticality::unknown) {
      ++at;
      continue;
    }
    units.insert({at->facility, at->id, how});
    at = units.erase(at);
  }
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
  return units ? among(*units, facility, unit) : criticality::unknown;
}

known_plant read_known_plant(const plant_settings& files) {
  known_plant out;
  if (!files.facilities.empty()) {
    unknown_keys keys{facility_keys()};
    auto& all = out.facilities.emplace();
    read_facility_rows(
        read_metadata_file(files.facilities), files.facilities,
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
        read_metadata_file(files.sensors), files.sensors,
        [&](sensor_row row) {
          if (!row.facility.empty() || !out.facilities) {
            all.insert({row.facility, row.info.equipment.text, row.info.how_critical});
            return;
          }
          // Without a facility it is a row of each, and of those that the other file does not have.
          if (row.info.how_critical != criticality::unknown)
            all.insert({{}, row.info.equipment.text, row.info.how_critical});
          for (const auto& [id, facility] : *out.facilities)
            all.insert({id, row.info.equipment.text, row.info.how_critical});
        },
        keys);
    fill_unknown(all);
  }
  return out;
}

} // namespace millwright
