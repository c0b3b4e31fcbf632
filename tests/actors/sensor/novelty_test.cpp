#include "actors/sensor/novelty.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace novelty_test {

using namespace millwright;

namespace {

// Straight from the text, without a care for speed or space.
struct plain_envelope {
  std::vector<double> seen;
  double operator()(double v, size_t warm) {
    double d = 0;
    if (seen.size() >= warm) {
      const double lo = *std::min_element(seen.begin(), seen.end()), hi = *std::max_element(seen.begin(), seen.end());
      if (v < lo || v > hi)
        d = hi == lo ? 1000 : std::max(v - hi, lo - v) / (hi - lo);
    }
    seen.push_back(v);
    return d;
  }
};

struct plain_novelty {
  plain_envelope a, b;
  std::vector<double> mean = std::vector<double>(24, 0.0), count = std::vector<double>(24, 0.0);
  double n = 0, e = 0;
  int64_t first = -1;

  double operator()(double x, int hour, int64_t ms) {
    if (first < 0)
      first = ms;
    const double sa = a(x, 50) / 0.01;
    const bool known = count[hour] > 0;
    const double res = known ? x - mean[hour] : 0;
    count[hour] += 1;
    mean[hour] += std::max(0.05, 1 / count[hour]) * (x - mean[hour]);
    n += 1;
    e += std::max(2.0 / 41, 1 / n) * (res - e);
    double sb = 0;
    if (ms - first >= 24 * 3'600'000 && known)
      sb = b(e, 50) / 0.03;
    return std::max(sa, sb);
  }
};

} // namespace

TEST_CASE("novelty agrees bit for bit with a plain implementation of the text") {
  for (int seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal{0, 1};
    novelty_detector detector;
    plain_novelty plain;
    const novelty_settings settings;
    const int step = seed % 3 == 0 ? 600'000 : 120'000;
    int above = 0;
    for (int i = 0; i < 3000; ++i) {
      const int64_t ms = int64_t{1'700'000'000'000} + int64_t{i} * step;
      const int hour = static_cast<int>(ms / 3'600'000 % 24);
      double x = seed % 4 == 3 ? std::round(normal(random)) : 10 * std::sin(hour / 24.0 * 6.2831853) + normal(random);
      if (random() % 500 == 0)
        x += 15;
      const double s = detector.take(x, static_cast<uint8_t>(hour), from_epoch_ms(ms), settings);
      REQUIRE(s == plain(x, hour, ms));
      above += s >= 1;
    }
    CHECK(above > 0);
  }
}

TEST_CASE("a value outside an envelope without width is 1000 widths away") {
  envelope e;
  for (int i = 0; i < 50; ++i)
    e.widen(7, 50);
  CHECK(e.distance(7, 50) == 0);
  CHECK(e.distance(7.1, 50) == 1000);
  CHECK(envelope{}.distance(7, 50) == 0);
}

TEST_CASE("novelty is news above the last peak, or 12 hours after it") {
  novelty_detector detector;
  const novelty_settings settings;
  const auto hour = [](double h) { return from_epoch_ms(static_cast<int64_t>(h * 3'600'000)); };
  CHECK(!detector.peaks(0.99, hour(0), settings));
  CHECK(detector.peaks(5, hour(1), settings));
  CHECK(!detector.peaks(5, hour(2), settings));
  CHECK(detector.peaks(6, hour(3), settings));
  CHECK(!detector.peaks(2, hour(14.9), settings));
  CHECK(detector.peaks(2, hour(15), settings));
  CHECK(detector.peaks(3, hour(16), settings));
}

TEST_CASE("a shift at an hour that is quiet otherwise is novel though the value was seen at another hour") {
  novelty_detector detector;
  const novelty_settings settings;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal{0, 0.2};
  double largest_before = 0, largest = 0;
  for (int i = 0; i < 2880; ++i) {
    const int64_t ms = int64_t{i} * 300'000;
    const int h = static_cast<int>(ms / 3'600'000 % 24);
    const bool fault = i >= 2880 - 12;
    const double x = (h >= 8 && h < 20 ? 100 : fault ? 100 : 0) + normal(random);
    const double s = detector.take(x, static_cast<uint8_t>(h), from_epoch_ms(ms), settings);
    if (i > 1440)
      (fault ? largest : largest_before) = std::max(fault ? largest : largest_before, s);
  }
  CHECK(largest > 1);
  CHECK(largest > largest_before);
}

} // namespace novelty_test
