#pragma once

#include "actors/sensor/rules.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

/// One reading's way through the rules.
struct sensor_rules::step {
  const reading& r;
  const judged& windows;
  const sensor_type& type;
  occasion when;
  /// Neither late nor far ahead: it teaches, clears, and starts and stops what waits.
  bool settled;
  bool newest;
  /// Where it stands on the sensor's own clock, which never goes back.
  event_time at;
  bool violated = false;
  /// For the score: z, novelty's s, state's d.
  double z = 0, novelty = 0, state = 0;
};

/// s / (1 + s): 0.5 at the threshold.
inline double bounded(double s) {
  return std::isfinite(s) ? s / (1 + s) : 1;
}

/// The innermost limit of a side; NaN without one.
inline double inner_high(const alert_thresholds& t) {
  return std::isnan(t.high) ? t.high_high : t.high;
}
inline double inner_low(const alert_thresholds& t) {
  return std::isnan(t.low) ? t.low_low : t.low;
}

/// The limit that v has crossed, the outermost if several; NaN if none.
inline double crossed(const alert_thresholds& t, double v) {
  if (v >= t.high_high)
    return t.high_high;
  if (v <= t.low_low)
    return t.low_low;
  if (v >= t.high)
    return t.high;
  return v <= t.low ? t.low : absent;
}

/// Whether v is inside every limit by the deadband, a fraction of the limit's range: from the outermost low limit to
/// the outermost high one; else of the physical range; else of the limit itself.
inline bool inside_by_deadband(const alert_thresholds& t, const sensor_type& type, double v) {
  const double low = inner_low(t), high = inner_high(t);
  const auto band = [&](double limit) {
    if (!std::isnan(low) && !std::isnan(high))
      return (std::isnan(t.high_high) ? t.high : t.high_high) - (std::isnan(t.low_low) ? t.low : t.low_low);
    const double range = type.range_max - type.range_min;
    return std::isfinite(range) ? range : std::abs(limit);
  };
  return !(v > high - type.deadband * band(high)) && !(v < low + type.deadband * band(low));
}

} // namespace millwright
