#include "actors/sensor/state_features.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace state_features_test {

using namespace millwright;

namespace {

/// The text of semantics 11, plainly; `width` of the level's band.
struct plain_features {
  double y = 0, m = 0, r = 0, s = 0, before = 0;
  int n = 0, moves = 0;

  state_figures operator()(double x, double width) {
    n += 1;
    double e = x - y, q = n == 1 ? 0 : std::abs(x - before);
    before = x;
    if (moves >= 20) {
      const double b = std::max(7 * s, width);
      q = std::min(q, b);
      e = std::min(std::max(e, -b), b);
    }
    if (q > 0) {
      moves += 1;
      s += std::max(0.01, 1.0 / moves) * (q - s);
    }
    const double c = y + e;
    y += std::max(0.1, 1.0 / n) * e;
    m += std::max(0.02, 1.0 / n) * (c - m);
    r += std::max(0.004, 1.0 / n) * (c - r);
    return {y, r, y - m, s};
  }
};

} // namespace

TEST_CASE("the features agree bit for bit with a plain implementation of the text") {
  const state_settings settings;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random{seed};
    std::normal_distribution<double> normal{20, 1};
    state_features features;
    plain_features plain;
    for (int i = 0; i < 800; ++i) {
      double x = seed % 3 == 0 ? std::round(normal(random)) : normal(random);
      if (random() % 60 == 0)
        x += 500;
      const double width = seed % 2 ? 0 : 3;
      REQUIRE(features.take(x, width, settings) == plain(x, width));
      REQUIRE(features.usual_step() == (plain.moves < 20 ? 0 : plain.s));
    }
  }
}

TEST_CASE("a step is usual from the twentieth move on; readings that do not move are no moves") {
  const state_settings settings;
  state_features features;
  for (int i = 0; i < 20; ++i) {
    CHECK(features.usual_step() == 0);
    features.take(i * 2, 0, settings);
    features.take(i * 2, 0, settings);
  }
  CHECK(features.usual_step() == 0);
  features.take(40, 0, settings);
  CHECK(features.usual_step() == 2);
}

TEST_CASE("one glitch moves neither the level nor the usual step far") {
  const state_settings settings;
  state_features features;
  for (int i = 0; i < 400; ++i)
    features.take(i % 2, 0, settings);
  const auto v = features.take(1e9, 0, settings);
  features.take(0, 0, settings);
  CHECK(features.usual_step() < 1.2);
  CHECK(v[0] < 1.3);
  CHECK(v[1] < 0.6);
}

TEST_CASE("features are stored as they are") {
  const state_settings settings;
  for (int n = 0; n < 150; n += 7) {
    state_features features;
    for (int i = 0; i < n; ++i)
      features.take(i % 3, 0, settings);
    for (const double known : {static_cast<double>((n + 2) % 3), 77.0}) {
      std::string bytes;
      binary_writer out{bytes};
      features.encode(out, known);
      state_features read;
      binary_reader in{bytes};
      read.decode(in, known);
      REQUIRE(in.ok());
      REQUIRE(in.at_end());
      auto goes_on = features;
      CHECK(read.take(9, 1, settings) == goes_on.take(9, 1, settings));
      CHECK(read.usual_step() == goes_on.usual_step());
    }
  }
}

} // namespace state_features_test
