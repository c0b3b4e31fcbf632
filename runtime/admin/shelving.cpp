#include "runtime/admin/shelving.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/plant_counts.hpp"

#include <algorithm>

namespace millwright {

namespace {

bool looks_like_id(const std::string& name, size_t least) {
  size_t digits = 0;
  for (const char c : name) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!digit && c != '-')
      return false;
    digits += digit;
  }
  return digits >= least && digits <= 32;
}

void add_sensors(std::vector<alarm_shelf>& out, const std::string& facility, const std::string& sensor,
                 const sensor_lister& sensors) {
  sensor_filter filter;
  filter.sensor = sensor;
  filter.facility = facility.empty() ? "*" : facility;
  for (const auto& each : sensors(filter).sensors)
    // A name may hold what stands for any text.
    if (each.key.sensor.text == sensor && (facility.empty() || each.key.facility.text == facility))
      out.push_back(shelf_of_sensor(each.key.facility, each.key.sensor));
}

} // namespace

std::optional<alarm_shelf> place_of(const shelving_request& request, std::span<const entity_line> units,
                                    const sensor_lister& sensors) {
  std::vector<alarm_shelf> found;
  const auto& name = request.name;
  if (request.kind != "alarm" && request.kind != "sensor")
    for (const auto& each : units)
      if (each.key.type == unit_kind && (request.facility.empty() || each.key.facility.text == request.facility) &&
          (each.key.id == name || each.key.facility.text + '/' + each.key.id == name))
        found.push_back(shelf_of_unit(each.key.facility, {each.key.id}));
  if (request.kind != "alarm" && request.kind != "unit" && sensors) {
    add_sensors(found, request.facility, name, sensors);
    for (auto at = name.find('/'); at != name.npos; at = name.find('/', at + 1))
      if (const auto facility = name.substr(0, at); request.facility.empty() || request.facility == facility)
        add_sensors(found, facility, name.substr(at + 1), sensors);
  }
  if (found.empty())
    return std::nullopt;
  if (found.size() == 1)
    return found.front();
  constexpr size_t most_named = 5;
  std::string all;
  for (size_t i = 0; i < std::min(found.size(), most_named); ++i)
    all += (i == 0 ? "" : ", ") + subject_of(found[i]);
  if (found.size() > most_named)
    all += " and others";
  throw failure{failure_code::not_found, name,
                std::to_string(found.size()) + " are called so: " + all + "; say which (--kind, --facility)"};
}

handle_alarms shelving_of(const shelving_request& request, std::string by, std::span<const entity_line> units,
                          const sensor_lister& sensors) {
  handle_alarms out;
  out.what = handle_alarms::kind::shelve;
  out.name = request.name;
  out.place = place_of(request, units, sensors);
  out.may_be_alarm = request.kind == "alarm" ||
                     (request.kind.empty() && request.facility.empty() && looks_like_id(request.name, least_id_digits));
  out.lasts = request.lasts;
  out.by = std::move(by);
  out.text = request.text;
  return out;
}

} // namespace millwright
