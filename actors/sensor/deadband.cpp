#include "actors/sensor/deadband.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

double crossed(const alert_thresholds& t, double v) {
  if (v >= t.high_high)
    return t.high_high;
  if (v <= t.low_low)
    return t.low_low;
  if (v >= t.high)
    return t.high;
  return v <= t.low ? t.low : absent;
}

deadband deadband_of(const alert_thresholds& t, const sensor_type& type, double usual_step,
                     const deadband_settings& settings) {
  const double low = inner_low(t), high = inner_high(t);
  const bool both = !std::isnan(low) && !std::isnan(high);
  // Infinite for a type without a range: then the limit itself decides.
  const double distance = both ? high - low : type.range_max - type.range_min;
  const double least = std::max(settings.resolutions * type.resolution, settings.steps * usual_step);
  const auto of = [&](double limit) {
    double band = type.deadband * distance;
    if (limit != 0)
      band = std::min(band, settings.of_limit * std::abs(limit));
    // A limit of 0 of a type without a range has nothing to take a share of.
    band = std::max(std::isfinite(band) ? band : 0, least);
    return std::min(band, distance / 2);
  };
  return {std::isnan(low) ? absent : of(low), std::isnan(high) ? absent : of(high)};
}

bool inside_by_deadband(const alert_thresholds& t, const deadband& band, double v) {
  // False where a side has no limit.
  return !(v > inner_high(t) - band.high) && !(v < inner_low(t) + band.low);
}

} // namespace millwright
