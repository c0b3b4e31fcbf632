#pragma once

#include "runtime/decisions/sensor_word.hpp"

#include <functional>
#include <string>

namespace millwright {

/// What a person has a sensor do.
struct sensor_word_request {
  sensor_word::kind what{};
  /// SENSOR or FACILITY/SENSOR, as a person types it; with `facility` an id within it.
  std::string name;
  std::string facility;
  /// Who says so; may be empty.
  std::string by;
};

/// Notes it in the log and tells the sensor; since when it holds. May take seconds. Throws failure(not_found) with the
/// reason where it is not noted.
using sensor_word_noter = std::function<event_time(const sensor_word&)>;

} // namespace millwright
