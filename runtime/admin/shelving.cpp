#include "runtime/admin/shelving.hpp"

#include "protocol/failure.hpp"
#include "protocol/id_digits.hpp"

#include <algorithm>

namespace millwright {

std::optional<alarm_shelf> place_of(const shelving_request& request, std::span<const entity_line> units,
                                    const sensor_lister& sensors) {
  std::vector<alarm_shelf> found;
  const auto& name = request.name;
  if (request.kind != "alarm" && request.kind != "sensor")
    for (const auto& each : units_called(name, request.facility, units))
      found.push_back(shelf_of_unit(each.facility, {each.id}));
  if (request.kind != "alarm" && request.kind != "unit" && sensors)
    for (const auto& each : sensors_called(name, request.facility, sensors))
      found.push_back(shelf_of_sensor(each.facility, each.sensor));
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
  const auto digits = id_digits(request.name);
  out.may_be_alarm = request.kind == "alarm" ||
                     (request.kind.empty() && request.facility.empty() && digits && digits->size() >= least_id_digits);
  out.lasts = request.lasts;
  out.by = std::move(by);
  out.text = request.text;
  return out;
}

} // namespace millwright
