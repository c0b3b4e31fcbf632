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
  /// For the score: z, novelty's s, state's s. NaN where it does not judge, or the reading does not teach it.
  double z = absent, novelty = absent, state = absent;
};

/// s / (1 + s): 0.5 at the threshold. NaN stays NaN.
inline double bounded(double s) {
  return std::isinf(s) ? 1 : s / (1 + s);
}

} // namespace millwright
