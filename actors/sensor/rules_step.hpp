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
  /// It teaches, clears, and starts and stops what waits; one out of order is judged by limit and range alone.
  bool in_order;
  bool violated = false;
  /// For the score: z, novelty's s, state's d.
  double z = 0, novelty = 0, state = 0;
};

/// s / (1 + s): 0.5 at the threshold.
inline double bounded(double s) {
  return std::isfinite(s) ? s / (1 + s) : 1;
}

} // namespace millwright
