#include "actors/sensor/state_band.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace millwright;

namespace {

struct plain_state {
  std::vector<double> xs, ys;
  double y = 0, lo = 0, hi = 0, l_lo = 0, l_hi = 0, w = 0;
  bool drifting = false;
  double inside_since = -1;

  // NaN while learning.
  double operator()(double x, double t) {
    xs.push_back(x);
    const size_t n = xs.size();
    y += std::max(0.1, 1.0 / n) * (x - y);
    ys.push_back(y);
    if (n < 400)
      return std::nan("");
    if (n == 400) {
      double mean = 0;
      for (const double one : xs)
        mean += one / n;
      double squares = 0, steps = 0;
      for (size_t i = 0; i < n; ++i) {
        squares += (xs[i] - mean) * (xs[i] - mean);
        if (i)
          steps += (xs[i] - xs[i - 1]) * (xs[i] - xs[i - 1]);
      }
      drifting = squares > 0 && steps / (2 * squares) < 0.1;
      std::vector<double> vs;
      for (size_t i = drifting ? 50 : 20; i < n; ++i)
        vs.push_back(drifting ? ys[i] - ys[i - 30] : ys[i]);
      l_lo = lo = *std::min_element(vs.begin(), vs.end());
      l_hi = hi = *std::max_element(vs.begin(), vs.end());
      w = std::max(hi - lo, 1e-6 * std::abs(mean) + 1e-12);
      return std::nan("");
    }
    const double v = drifting ? y - ys[n - 1 - 30] : y;
    if (inside_since >= 0 && t - inside_since >= 120) {
      lo = l_lo;
      hi = l_hi;
    }
    const double d = std::max(v - hi, lo - v) / w;
    if (v > hi)
      hi = std::min(v, hi + 0.002 * w);
    if (v < lo)
      lo = std::max(v, lo - 0.002 * w);
    if (v < l_lo || v > l_hi)
      inside_since = -1;
    else if (inside_since < 0)
      inside_since = t;
    return d;
  }
};

} // namespace

TEST_CASE("state agrees with a plain implementation of the text, drifting sensors and steps included") {
  int drifting = 0, abnormal = 0;
  for (int seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal{0, 1};
    state_band band;
    plain_state plain;
    const state_settings settings;
    double walk = 50, step = 0, t = 0;
    for (int i = 0; i < 2000; ++i) {
      walk += 0.1 * normal(random);
      t += 1 + static_cast<double>(random() % 20);
      if (i > 400 && random() % 150 == 0)
        step = step == 0 ? 5 * normal(random) : 0;
      const double x = (seed % 2 ? walk : 50 + normal(random)) + step;
      const auto said = band.take(x, from_epoch_ms(static_cast<int64_t>(t * 1000)), settings);
      const double d = plain(x, t);
      REQUIRE(said.learning == std::isnan(d));
      if (said.learning)
        continue;
      REQUIRE(said.d == doctest::Approx(d).epsilon(1e-9));
      abnormal += said.d > 0.5;
    }
    CHECK(band.drifts() == plain.drifting);
    drifting += band.drifts();
  }
  CHECK(drifting > 10);
  CHECK(drifting < 50);
  CHECK(abnormal > 100);
}

TEST_CASE("a learned sensor keeps no heap unless it drifts") {
  const state_settings settings;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal{0, 1};
  state_band noisy, drifting;
  double walk = 0;
  for (int i = 0; i < 400; ++i) {
    walk += normal(random);
    noisy.take(normal(random), from_epoch_ms(i * 1000), settings);
    drifting.take(walk, from_epoch_ms(i * 1000), settings);
  }
  CHECK(noisy.learned());
  CHECK(noisy.heap_bytes() == 0);
  CHECK(drifting.drifts());
  CHECK(drifting.heap_bytes() == 240);
}

TEST_CASE("a constant sensor learns a band of least width and notices the smallest real step") {
  const state_settings settings;
  state_band band;
  for (int i = 0; i < 400; ++i)
    band.take(1000, from_epoch_ms(i * 1000), settings);
  CHECK(band.learned());
  CHECK(band.take(1000, from_epoch_ms(400'000), settings).d <= 0);
  CHECK(band.take(1000.1, from_epoch_ms(401'000), settings).d > 0.5);
}
