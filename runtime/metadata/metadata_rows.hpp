#pragma once

#include "runtime/metadata/kept_guidance.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/metadata/unknown_keys.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// One line of a sensors file: of a sensor, or, without one, of the unit `info.equipment`. An empty facility is every
/// facility.
struct sensor_row {
  std::string facility;
  std::string sensor;
  sensor_info info;
  row_guidance says;
  /// Where it stands in the file.
  size_t line = 0;
};

/// Every key that a row of a facilities or of a sensors file may have.
std::span<const std::string_view> facility_keys();
std::span<const std::string_view> sensor_keys();

/// Calls `row` for each row of a facilities file, in order; returns how many. `keys` hears of each key. Throws
/// `failure` (bad_metadata) with `name`:line and the reason.
size_t read_facility_rows(std::string_view text, const std::string& name, const std::function<void(facility_info)>& row,
                          unknown_keys& keys);

/// Likewise for a sensors file. @param stored it was valid when it was stored, by whatever version: what that one did
/// not look at and this one does is absent where it is not valid.
size_t read_sensor_rows(std::string_view text, const std::string& name, const std::function<void(sensor_row)>& row,
                        unknown_keys& keys, bool stored = false);

} // namespace millwright
