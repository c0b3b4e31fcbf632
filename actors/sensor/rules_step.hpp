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
  sensor_output& out;
  const sensor_rules& of;
  /// It teaches, clears, and starts and stops what waits; one out of order is judged by limit and range alone.
  bool in_order;
  bool violated = false;
  /// For the score: z, novelty's s, state's s. NaN where it does not judge, or the reading does not teach it.
  double z = absent, novelty = absent, state = absent;

  /// What a transition says beside its finding: made when there is one, which is seldom.
  occasion when() const {
    return {*of.book_, *r.context, &type, r.split, r.position, out, r.value, of.last_value_, r.is(reading::at_end)};
  }
  /// Within all that it can be outside of, and nothing is live that it could end: nearly every reading.
  bool calm() const {
    const double x = r.value;
    const auto& t = r.context->thresholds;
    return in_order && !of.mode_ && !of.conditions_.any_live() &&
           !(r.quality < of.book_->settings->bad_quality_below) && x >= type.range_min && x <= type.range_max &&
           x >= type.fault_below && x <= type.fault_above &&
           !(x >= t.high || x <= t.low || x >= t.high_high || x <= t.low_low);
  }
};

/// s / (1 + s): 0.5 at the threshold. NaN stays NaN.
inline double bounded(double s) {
  return std::isinf(s) ? 1 : s / (1 + s);
}

} // namespace millwright
