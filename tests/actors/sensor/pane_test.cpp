#include "actors/sensor/pane.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace pane_test {

using namespace millwright;

namespace {

struct plain {
  long double mean = 0, stddev = 0, slope = 0, largest = 0;
};

plain two_pass(const std::vector<double>& values) {
  plain out;
  const long double n = values.size();
  for (const double x : values) {
    out.mean += x;
    out.largest = std::max<long double>(out.largest, std::abs(x));
  }
  out.mean /= n;
  long double m2 = 0, rise = 0, run = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const long double index = i - (n - 1) / 2;
    m2 += (values[i] - out.mean) * (values[i] - out.mean);
    rise += index * (values[i] - out.mean);
    run += index * index;
  }
  out.stddev = std::sqrt(m2 / (n - 1));
  out.slope = rise / run;
  return out;
}

bool near(double x, long double exact, long double largest) {
  const auto off = std::abs(x - exact);
  return off <= 1e-9L * std::abs(exact) || off <= 1e-12L * largest;
}

struct stretch {
  moments figures;
  double rise = 0;
};

stretch stretch_of(const double* values, size_t n) {
  stretch out;
  for (size_t i = 0; i < n; ++i)
    out.figures.add(values[i]);
  for (size_t i = 0; i < n; ++i)
    out.rise += (i - (n - 1) / 2.0) * (values[i] - out.figures.mean);
  return out;
}

// Splits at random and joins from the inside out, so that every grouping comes up.
trend join(const std::vector<double>& values, size_t from, size_t to, std::mt19937_64& random) {
  trend out;
  if (to - from <= 3 || random() % 5 == 0) {
    const auto s = stretch_of(values.data() + from, to - from);
    out.append(s.figures, s.rise);
    return out;
  }
  const size_t middle = from + 1 + random() % (to - from - 1);
  out = join(values, from, middle, random);
  const auto right = join(values, middle, to, random);
  out.append(right.all, right.rise);
  return out;
}

std::vector<double> adversarial(int shape, std::mt19937_64& random) {
  std::normal_distribution<double> noise;
  std::vector<double> out(2 + random() % 300);
  double walk = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    walk += noise(random);
    switch (shape) {
    case 0:
      out[i] = 50 + noise(random);
      break;
    case 1:
      out[i] = 1e9 + 1e-3 * noise(random);
      break;
    case 2:
      out[i] = i == 0 ? 1e12 : noise(random);
      break;
    case 3:
      out[i] = walk;
      break;
    case 4:
      out[i] = (i % 2 ? 1 : -1) * 1e150 + noise(random);
      break;
    case 5:
      out[i] = 0.01 * static_cast<double>(random() % 3);
      break;
    default:
      out[i] = -1e6 + 1e-9 * static_cast<double>(i);
    }
  }
  return out;
}

} // namespace

TEST_CASE("stretches joined in any grouping equal a two-pass computation") {
  std::mt19937_64 random{1};
  for (int round = 0; round < 3000; ++round) {
    const auto values = adversarial(round % 7, random);
    const auto exact = two_pass(values);
    const auto joined = join(values, 0, values.size(), random);
    CAPTURE(round);
    REQUIRE(joined.all.count == values.size());
    CHECK(near(joined.all.avg(), exact.mean, exact.largest));
    CHECK(near(joined.all.stddev(), exact.stddev, exact.largest));
    CHECK(near(joined.slope(), exact.slope, exact.largest));
  }
}

TEST_CASE("figures merged in any order equal a two-pass computation") {
  std::mt19937_64 random{2};
  for (int round = 0; round < 1000; ++round) {
    const auto values = adversarial(round % 7, random);
    const auto exact = two_pass(values);
    std::vector<moments> parts;
    for (size_t i = 0; i < values.size();) {
      const size_t n = std::min<size_t>(1 + random() % 40, values.size() - i);
      parts.push_back(stretch_of(values.data() + i, n).figures);
      i += n;
    }
    std::shuffle(parts.begin(), parts.end(), random);
    moments all;
    for (const auto& p : parts)
      all.merge(p);
    CAPTURE(round);
    CHECK(near(all.avg(), exact.mean, exact.largest));
    CHECK(near(all.stddev(), exact.stddev, exact.largest));
    CHECK(all.min == *std::min_element(values.begin(), values.end()));
    CHECK(all.max == *std::max_element(values.begin(), values.end()));
  }
}

TEST_CASE("equal values have exactly that average, no spread and no slope") {
  trend all;
  for (int i = 0; i < 7; ++i) {
    const std::vector<double> values(3 + i, 0.1);
    const auto s = stretch_of(values.data(), values.size());
    all.append(s.figures, s.rise);
  }
  CHECK(all.all.avg() == 0.1);
  CHECK(all.all.stddev() == 0);
  CHECK(all.slope() == 0);
}

TEST_CASE("below two values there is neither spread nor slope") {
  trend t;
  CHECK(std::isnan(t.all.avg()));
  CHECK(std::isnan(t.all.stddev()));
  CHECK(std::isnan(t.slope()));
  t.all.add(3);
  CHECK(t.all.avg() == 3);
  CHECK(std::isnan(t.all.stddev()));
  CHECK(std::isnan(t.slope()));
}

TEST_CASE("what overflows is undefined, and what is finite stays so") {
  moments all, low, high;
  for (const double x : {1.7e308, -1.7e308, 1.7e308, -1.7e308}) {
    all.add(x);
    (x > 0 ? high : low).add(x);
  }
  CHECK(std::isfinite(all.avg()));
  CHECK(std::abs(all.avg()) < 1e300);
  CHECK(std::isnan(all.stddev()));
  low.merge(high);
  CHECK(std::abs(low.avg()) < 1e300);
  CHECK(std::isnan(low.stddev()));
  CHECK(low.min == -1.7e308);
  CHECK(low.max == 1.7e308);
}

TEST_CASE("the last reading is by time, and by input order at the same time") {
  pane p;
  p.take(from_epoch_ms(10), 1, 5);
  p.take(from_epoch_ms(30), 2, 6);
  p.take(from_epoch_ms(20), 3, 7);
  CHECK(p.last == 2);
  CHECK(p.type == 6);
  p.take(from_epoch_ms(30), 4, 8);
  CHECK(p.last == 4);
  CHECK(p.type == 8);
  CHECK(p.last_time == from_epoch_ms(30));
}

} // namespace pane_test
