#pragma once

#include <bit>
#include <cstdint>

namespace millwright {

/// SplitMix64's finaliser: neighbouring inputs give unrelated outputs. All randomness of the simulated plant is this
/// function of (seed, who, index), so nothing has to be remembered and any reading can be computed alone.
constexpr uint64_t mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

constexpr uint64_t mix64(uint64_t a, uint64_t b) {
  return mix64(mix64(a) ^ b * 0xd6e8feb86659fd93ull);
}

constexpr uint64_t mix64(uint64_t a, uint64_t b, uint64_t c) {
  return mix64(mix64(a, b) ^ c * 0xa0761d6478bd642full);
}

/// [0, 1) from the upper 53 bits.
constexpr double unit_uniform(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// Mean 0, variance 1, bell shaped with tails beyond 6: the number of ones among 64 bits is binomial, and a triangular
/// dither fills the gaps between its steps. No library function, so the same bits on every machine.
constexpr double unit_normal(uint64_t bits, uint64_t dither) {
  const double steps = std::popcount(bits) - 32;
  const double fill =
      static_cast<double>(dither & 0xffffffff) * 0x1p-32 + static_cast<double>(dither >> 32) * 0x1p-32 - 1;
  return (steps + fill) * 0.24871; // 1 / sqrt(16 + 1/6)
}

/// A sine to within 0.06, from parabolas: `turns` in revolutions, any sign; result in -1..1.
constexpr double wave(double turns) {
  const auto whole = static_cast<int64_t>(turns);
  double x = turns - static_cast<double>(whole);
  if (x < 0)
    x += 1;
  x -= 0.5;
  return -8 * x * (1 - 2 * (x < 0 ? -x : x));
}

} // namespace millwright
