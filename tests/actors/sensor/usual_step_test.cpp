#include "actors/sensor/usual_step.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace millwright;

namespace {

/// The text of semantics 11, plainly; `widths` of the band before each reading.
double plain(const std::vector<double>& values, const std::vector<double>& widths) {
  int moves = 0;
  double s = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    double q = i == 0 ? 0 : std::abs(values[i] - values[i - 1]);
    if (moves >= 20)
      q = std::min(q, std::max(7 * s, widths[i]));
    if (q > 0) {
      ++moves;
      s += std::max(0.01, 1.0 / moves) * (q - s);
    }
  }
  return moves >= 20 ? s : 0;
}

} // namespace

TEST_CASE("the usual step agrees bit for bit with a plain implementation of the text") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random{seed};
    std::normal_distribution<double> normal{20, 1};
    usual_step step;
    std::vector<double> values, widths;
    for (int i = 0; i < 400; ++i) {
      double x = seed % 3 == 0 ? std::round(normal(random)) : normal(random);
      if (random() % 60 == 0)
        x += 500;
      values.push_back(x);
      widths.push_back(seed % 2 ? 0 : 3);
      step.take(x, step.most(widths.back()));
      REQUIRE(step.usual() == plain(values, widths));
    }
  }
}

TEST_CASE("a step is usual from the twentieth move on; readings that do not move are no moves") {
  usual_step step;
  for (int i = 0; i < 20; ++i) {
    CHECK(step.usual() == 0);
    step.take(i * 2, step.most(0));
    step.take(i * 2, step.most(0));
  }
  CHECK(step.usual() == 0);
  step.take(40, step.most(0));
  CHECK(step.usual() == 2);
}

TEST_CASE("one glitch does not make leaps usual") {
  usual_step step;
  for (int i = 0; i < 200; ++i)
    step.take(i % 2, step.most(0));
  step.take(1e9, step.most(0));
  step.take(0, step.most(0));
  CHECK(step.usual() < 1.2);
}

TEST_CASE("a usual step is stored as it is") {
  for (int n = 0; n < 150; n += 7) {
    usual_step step;
    for (int i = 0; i < n; ++i)
      step.take(i % 3, step.most(0));
    for (const double known : {step.last(), 77.0}) {
      std::string bytes;
      binary_writer out{bytes};
      step.encode(out, known);
      usual_step read;
      binary_reader in{bytes};
      read.decode(in, known);
      REQUIRE(in.ok());
      REQUIRE(in.at_end());
      auto goes_on = step;
      goes_on.take(9, goes_on.most(0));
      read.take(9, read.most(0));
      CHECK(read.usual() == goes_on.usual());
    }
  }
}
