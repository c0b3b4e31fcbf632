#include "runtime/simulation/plant_noise.hpp"

#include "runtime/simulation/counter_noise.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

constexpr int64_t minute = 60'000, hour = 60 * minute, day = 24 * hour;

double normal(uint64_t bits) {
  return unit_normal(bits, mix64(bits));
}

/// 0 to 1, flat at both ends.
double eased(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

/// A stretch of time between two changes that come about every `period`, from 0.2 to 1.8 of it apart.
struct stay {
  uint64_t number;
  int64_t since, until;
};

stay stay_at(uint64_t own, int64_t ms, int64_t period) {
  const auto change = [&](int64_t number) {
    const double later = 0.8 * unit_uniform(mix64(own, 0x57a7, static_cast<uint64_t>(number)));
    return number * period + static_cast<int64_t>(later * static_cast<double>(period));
  };
  int64_t number = ms / period;
  const int64_t here = change(number);
  if (ms < here)
    return {static_cast<uint64_t>(number - 1), change(number - 1), here};
  return {static_cast<uint64_t>(number), here, change(number + 1)};
}

/// Where a stay is, -1 to 1.
double place_of(const noise_profile& profile, uint64_t own, uint64_t number) {
  const uint64_t bits = mix64(own, 0x91ace, number);
  // Two places alternate: a switch that is drawn would often stay.
  if (profile.places == 2)
    return number % 2 ? 1 : -1;
  if (profile.places > 0)
    return 2 * static_cast<double>(bits % static_cast<uint64_t>(profile.places)) / (profile.places - 1) - 1;
  if (profile.bell)
    return (unit_uniform(bits) + unit_uniform(mix64(bits, 1)) + unit_uniform(mix64(bits, 2))) / 1.5 - 1;
  return 2 * unit_uniform(bits) - 1;
}

/// Minutes that people come later (or earlier) than they should, -10 to 10.
int64_t unpunctual(uint64_t site, int64_t which) {
  return static_cast<int64_t>((unit_uniform(mix64(site, 0x1a7e, static_cast<uint64_t>(which))) - 0.5) * 20 *
                              static_cast<double>(minute));
}

/// 0 to 1 between two times, with ramps behind both.
double between(int64_t ms, int64_t begin, int64_t end, double ramp_ms) {
  return eased(static_cast<double>(ms - begin) / ramp_ms) - eased(static_cast<double>(ms - end) / ramp_ms);
}

} // namespace

correlated_noise::correlated_noise(double correlation) {
  double over = correlation;
  // Where hardly a thousandth is left of it, two places count as independent.
  while (over > 0.001 && levels_ + 1 < static_cast<int>(share_.size())) {
    const auto level = static_cast<size_t>(levels_++);
    share_[level] = over / (1 + over * over);
    own_[level] = std::sqrt((1 - over * over) / (1 + over * over));
    over *= over;
  }
}

double correlated_noise::at(uint64_t seed, uint64_t index) const {
  uint64_t low = index >> levels_ << levels_;
  double a = normal(mix64(seed, 0xa4, low));
  if (low == index)
    return a;
  double b = normal(mix64(seed, 0xa4, low + (uint64_t{1} << levels_)));
  for (int level = levels_ - 1;; --level) {
    const uint64_t middle = low + (uint64_t{1} << level);
    const auto i = static_cast<size_t>(level);
    const double between = share_[i] * (a + b) + own_[i] * normal(mix64(seed, 0xa4, middle));
    if (middle == index)
      return between;
    if (middle < index) {
      low = middle;
      a = between;
    } else {
      b = between;
    }
  }
}

double plant_noise::fast(uint64_t own, uint64_t cycle) const {
  if (profile_.correlation > 0)
    return std::clamp(correlated_.at(own, cycle), -7.0, 7.0);
  const uint64_t bits = mix64(own, 0xfa57, cycle);
  const double z = normal(bits);
  if (profile_.shape == noise_profile::tails::gaussian)
    return std::clamp(z, -7.0, 7.0);
  const uint64_t more = mix64(bits, 1);
  if (profile_.shape == noise_profile::tails::glitches)
    return std::clamp(more % 500 ? z : 8 * z, -30.0, 30.0);
  const double a = normal(more), b = normal(mix64(bits, 2)), c = normal(mix64(bits, 3));
  if (profile_.shape == noise_profile::tails::laplace)
    return std::clamp((z * a + b * c) * 0.7071, -30.0, 30.0);
  // Student's t of three degrees of freedom.
  return std::clamp(z / std::sqrt((a * a + b * b + c * c) / 3 + 1e-12), -30.0, 30.0);
}

plant_noise::place plant_noise::process(uint64_t own, uint64_t site, int64_t ms) const {
  using course = noise_profile::course;
  const double size = profile_.size;
  const auto period = static_cast<int64_t>(profile_.minutes * static_cast<double>(minute));
  const auto standing = [&](double running) { return place{size * (2 * running - 1), running}; };
  switch (profile_.process) {
  case course::steady:
    break;
  case course::stays: {
    const auto now = stay_at(own, ms, period);
    const double to = place_of(profile_, own, now.number), from = place_of(profile_, own, now.number - 1);
    const double ramp = profile_.ramp * static_cast<double>(period);
    const double part = ramp > 0 ? eased(static_cast<double>(ms - now.since) / ramp) : 1;
    const double at = from + (to - from) * part;
    return {size * at, (at + 1) / 2};
  }
  case course::daily: {
    // Each day's swing is its own; it changes over at the turn of the day.
    const auto turned = ms + static_cast<int64_t>((own & 0xffff) * 0x1p-16 * static_cast<double>(day) * 0.1);
    const auto swing = [&](int64_t d) {
      return 0.75 + 0.25 * unit_uniform(mix64(own, 0xda1, static_cast<uint64_t>(d)));
    };
    const double through = static_cast<double>(turned % day) / static_cast<double>(day);
    const double now = swing(turned / day) + (swing(turned / day + 1) - swing(turned / day)) * eased(through);
    return {size * now * wave(through), 1};
  }
  case course::shifts: {
    const int64_t today = ms / day * day, number = 2 * (ms / day);
    return standing(between(ms, today + 6 * hour + unpunctual(site, number),
                            today + 22 * hour + unpunctual(site, number + 1),
                            profile_.ramp * static_cast<double>(day)));
  }
  case course::weekends: {
    // The epoch began on a Thursday; weeks from Wednesday to Wednesday have their weekend whole.
    const int64_t since = ms + day, week = since / (7 * day), start = week * 7 * day - day;
    return standing(1 - between(ms, start + 3 * day + 6 * hour + unpunctual(site, 2 * week),
                                start + 5 * day + 6 * hour + unpunctual(site, 2 * week + 1),
                                profile_.ramp * static_cast<double>(day)));
  }
  case course::batches: {
    const auto now = stay_at(own, ms, period);
    const double lasts = static_cast<double>(now.until - now.since);
    const double p = static_cast<double>(ms - now.since) / lasts;
    const double peak = 0.85 + 0.15 * unit_uniform(mix64(own, 0xba7c, now.number));
    // Up in a quarter of it, held, down, and a pause.
    return standing(peak * (eased(p / 0.25) - eased((p - 0.7) / 0.15)));
  }
  case course::cycles: {
    const auto now = stay_at(own, ms, period);
    const double p = static_cast<double>(ms - now.since) / static_cast<double>(now.until - now.since);
    return {size * (p < 0.5 ? 4 * p - 1 : 3 - 4 * p), 1};
  }
  case course::drifting:
    // Up and down in 80 days, from wherever it is.
    return {size * wave(static_cast<double>(ms % (80 * day)) / static_cast<double>(80 * day) +
                        static_cast<double>(own & 0xffff) * 0x1p-16),
            1};
  }
  return {0, 1};
}

double plant_noise::at(uint64_t own, uint64_t site, int64_t ms, uint64_t cycle, double times) const {
  const auto where = process(own, site, ms);
  const double loud = profile_.fast * (profile_.quiet + (1 - profile_.quiet) * where.running);
  const double sum = where.offset + times * loud * fast(own, cycle);
  return profile_.step > 0 ? std::round(sum / profile_.step) * profile_.step : sum;
}

} // namespace millwright
