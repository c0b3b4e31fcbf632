#pragma once

#include "runtime/metadata/plant_metadata.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// One line of a sensors file. An empty facility is every facility.
struct sensor_row {
  std::string facility;
  std::string sensor;
  sensor_info info;
};

/// Calls `row` for each row of a facilities file, in order; returns how many. Throws `failure` (bad_metadata) with
/// `name`:line and the reason.
size_t read_facility_rows(std::string_view text, const std::string& name,
                          const std::function<void(facility_info)>& row);

/// Likewise for a sensors file.
size_t read_sensor_rows(std::string_view text, const std::string& name, const std::function<void(sensor_row)>& row);

} // namespace millwright
