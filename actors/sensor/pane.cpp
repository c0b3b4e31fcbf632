#include "actors/sensor/pane.hpp"

namespace millwright {

void moments::merge(const moments& other) {
  if (other.count == 0)
    return;
  if (count == 0) {
    *this = other;
    return;
  }
  const double here = count, there = other.count, n = here + there;
  const double step = other.mean - mean;
  if (std::isfinite(step))
    mean += step * (there / n);
  else
    mean = mean * (here / n) + other.mean * (there / n);
  m2 += other.m2 + step * step * (here * there / n);
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  count += other.count;
}

double moments::avg() const {
  if (count == 0)
    return absent;
  return flat() ? min : finite_or_absent(std::clamp(mean, min, max));
}

double moments::stddev() const {
  if (count < 2)
    return absent;
  return flat() ? 0 : finite_or_absent(std::sqrt(std::max(m2, 0.0) / (count - 1)));
}

void trend::append(const moments& later, double later_rise) {
  // Both stretches' indices move by half the other's length against the common mean index.
  if (all.count != 0 && later.count != 0)
    rise += 0.5 * all.count * later.count * (later.mean - all.mean);
  rise += later_rise;
  all.merge(later);
}

double trend::slope() const {
  if (all.count < 2)
    return absent;
  const double n = all.count;
  return all.flat() ? 0 : finite_or_absent(rise / (n * (n * n - 1) / 12));
}

} // namespace millwright
