#pragma once

#include "runtime/simulation/noise_profile.hpp"

#include <array>
#include <cstdint>

namespace millwright {

/// Gaussian noise of variance 1 whose neighbours are correlated, any index of it alone: far places are drawn
/// independently, and each place between two is drawn from what they leave open (the bridge of an autoregressive
/// process of first order). O(log(1 / (1 - correlation))).
class correlated_noise {
public:
  /// @param correlation of an index with the next, 0 to below 1.
  explicit correlated_noise(double correlation);

  double at(uint64_t seed, uint64_t index) const;

private:
  int levels_ = 0;
  /// By the distance to a place's two neighbours, 2^level: their share in it, and what is its own.
  std::array<double, 24> share_{}, own_{};
};

/// What all instruments of one profile have in common. Immutable: any thread may read it.
class plant_noise {
public:
  explicit plant_noise(const noise_profile& profile) : profile_{profile}, correlated_{profile.correlation} {}

  /// A healthy reading's distance from the sensor's level, in sigma.
  /// @param own the sensor's own random bits, @param site those of whatever shares its shifts.
  /// @param ms since the epoch, @param cycle number of the reading, @param times the fast noise is multiplied by.
  double at(uint64_t own, uint64_t site, int64_t ms, uint64_t cycle, double times) const;

  const noise_profile& profile() const { return profile_; }

private:
  struct place {
    double offset;
    /// 0 at the lower end of a process that stands still there, else 1.
    double running;
  };

  double fast(uint64_t own, uint64_t cycle) const;
  place process(uint64_t own, uint64_t site, int64_t ms) const;

  const noise_profile& profile_;
  correlated_noise correlated_;
};

} // namespace millwright
