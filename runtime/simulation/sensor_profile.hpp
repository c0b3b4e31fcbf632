#pragma once

#include "protocol/sensor_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// How the simulated plant plays an instrument of one type: what a person would expect to see on it.
struct sensor_profile {
  /// Letters before the number of a sensor's id ("TI" in "TI-101").
  std::string prefix;
  /// Where a healthy sensor's level lies, in the primary measure's unit.
  double low = 40, high = 60;
  /// Standard deviation of the fast noise, as a share of the level.
  double noise = 0.01;
  /// Slow (thermal, loaded) rather than held steady by a controller.
  bool drifting = false;
  /// Two states only.
  bool on_off = false;
  /// Above 0: a counter that rises by so much a second.
  double counting = 0;
  /// Seconds between two readings.
  int interval = 60;
  /// Takes part in bearing wear.
  bool vibration = false, temperature = false;
};

/// By the type's name and range; every type has one.
sensor_profile profile_of(const sensor_type& type);

/// The usual reading of a secondary field, by its name and unit.
double usual_level(const sensor_type::field& field);

} // namespace millwright
