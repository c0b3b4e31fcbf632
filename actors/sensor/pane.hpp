#pragma once

#include "protocol/reading.hpp"
#include "protocol/sensor_type.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace millwright {

/// `x`, or NaN where it overflowed.
inline double finite_or_absent(double x) {
  return std::isfinite(x) ? x : absent;
}

/// Count, mean, sum of squared deviations, smallest and largest of a set of numbers (Welford; merged after Chan et al.:
/// exact to rounding in any order and grouping, also for tiny spreads on large offsets).
struct moments {
  double mean = 0, m2 = 0, min = 0, max = 0;
  uint32_t count = 0;

  void add(double x) {
    if (++count == 1) {
      mean = min = max = x;
      return;
    }
    const double step = x - mean;
    // Two finite numbers may be further apart than the largest double; their mean is finite all the same.
    if (std::isfinite(step)) [[likely]]
      mean += step / count;
    else
      mean = mean / count * (count - 1) + x / count;
    m2 += step * (x - mean);
    min = std::min(min, x);
    max = std::max(max, x);
  }

  void merge(const moments& other);

  bool flat() const { return min == max; }
  /// NaN for none; exactly the value where all are equal.
  double avg() const;
  /// With n - 1. NaN below two or on overflow; exactly 0 where all are equal.
  double stddev() const;
};

/// A set of numbers in an order, for the least-squares line of value over index 0..n-1.
struct trend {
  moments all;
  /// Sum of (index - mean index) * value; does not depend on an offset of the values.
  double rise = 0;

  /// Continues with a later stretch: its figures and its own `rise`.
  void append(const moments& later, double later_rise);
  /// NaN below two or on overflow; exactly 0 where all are equal.
  double slope() const;
};

/// The readings of one sensor in one aligned stretch of event time that are late for the same kinds of window.
struct pane : moments {
  /// Of late readings only: how many kinds, in the order of their delay, they are late for.
  uint8_t level = 0;
  /// `rise` is final: no reading that counts in it can come any more.
  bool sealed = false;
  /// Type of the last reading.
  sensor_type_index type = 0;
  /// By (time, input order).
  event_time last_time = never;
  double last = 0;
  /// Known once sealed; see trend.
  double rise = 0;

  void take(event_time time, double value, sensor_type_index of) {
    add(value);
    if (time >= last_time) {
      last_time = time;
      last = value;
      type = of;
    }
  }
};

// 12 of them are held for each sensor, in 768 bytes: a size that allocators have.
static_assert(12 * sizeof(pane) <= 768);

} // namespace millwright
