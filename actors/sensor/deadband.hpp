#pragma once

#include "protocol/detection_settings.hpp"
#include "protocol/reading.hpp"
#include "protocol/sensor_type.hpp"

namespace millwright {

/// The innermost limit of a side; NaN without one.
inline double inner_high(const alert_thresholds& t) {
  return std::isnan(t.high) ? t.high_high : t.high;
}
inline double inner_low(const alert_thresholds& t) {
  return std::isnan(t.low) ? t.low_low : t.low;
}

/// The limit that v has crossed, the outermost if several; NaN if none.
double crossed(const alert_thresholds& t, double v);

/// How far inside the inner limit of a side a value has to be for a limit alarm to clear (semantics 8).
struct deadband {
  /// NaN where the side has no limit.
  double low = absent, high = absent;
};

/// @param usual_step of the sensor; 0 where it is not known.
deadband deadband_of(const alert_thresholds& t, const sensor_type& type, double usual_step,
                     const deadband_settings& settings);

/// Inside every limit by the deadband.
bool inside_by_deadband(const alert_thresholds& t, const deadband& band, double v);

} // namespace millwright
