#include "actors/kit/exact_moments.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace exact_moments_test {

using namespace millwright;

namespace {

exact_moments moments_of(const std::vector<double>& values) {
  exact_moments out;
  for (const double each : values)
    out.add(each);
  return out;
}

} // namespace

TEST_CASE("a tiny spread on a large offset is what two passes give") {
  std::mt19937_64 random{21};
  for (const double offset : {0.0, 1e3, 1e6, 1e9, -1e9}) {
    std::normal_distribution<double> near{offset, 1e-3};
    std::vector<double> values;
    for (int i = 0; i < 500; ++i)
      values.push_back(near(random));
    long double mean = 0, m2 = 0;
    for (const double x : values)
      mean += x;
    mean /= static_cast<long double>(values.size());
    for (const double x : values)
      m2 += (x - mean) * (x - mean);
    const auto moments = moments_of(values);
    CHECK(moments.avg() == doctest::Approx(static_cast<double>(mean)).epsilon(1e-15));
    CHECK(moments.stddev() ==
          doctest::Approx(static_cast<double>(std::sqrt(m2 / static_cast<long double>(values.size() - 1))))
              .epsilon(1e-9));
  }
}

TEST_CASE("of equal values the average is the value and the spread exactly 0") {
  const auto moments = moments_of({0.1, 0.1, 0.1});
  CHECK(moments.avg() == 0.1);
  CHECK(moments.stddev() == 0);
}

TEST_CASE("none has no average, one no spread, and what overflows is none") {
  CHECK(std::isnan(exact_moments{}.avg()));
  CHECK(moments_of({3}).avg() == 3);
  CHECK(std::isnan(moments_of({3}).stddev()));
  CHECK(std::isnan(moments_of({1e200, -1e200}).stddev()));
  CHECK(moments_of({1e308, 1.2e308}).avg() == doctest::Approx(1.1e308));
}

TEST_CASE("moments merge and survive their stored form") {
  auto first = moments_of({1, 5, 2.5});
  first.merge(moments_of({-7, 11}));
  CHECK(first == moments_of({11, 2.5, 1, -7, 5}));
  std::string bytes;
  binary_writer writer{bytes};
  first.encode(writer);
  exact_moments read;
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut));
  }
  binary_reader reader{bytes};
  REQUIRE(read.decode(reader));
  CHECK(read == first);
}

TEST_CASE("the moments and the mean of a single number are stored as that number") {
  for (const double x : {0.0, -0.0, 70.1, -1e300, 1e-300, std::numeric_limits<double>::denorm_min(),
                         std::numeric_limits<double>::max()}) {
    std::string bytes;
    binary_writer writer{bytes};
    exact_moments moments, moments_read;
    exact_mean mean, mean_read;
    moments.add(x);
    mean.add(x);
    moments.encode(writer);
    mean.encode(writer);
    CHECK(bytes.size() == 18);
    binary_reader reader{bytes};
    REQUIRE(moments_read.decode(reader));
    REQUIRE(mean_read.decode(reader));
    CHECK(moments_read == moments);
    CHECK(std::signbit(moments_read.min) == std::signbit(x));
    CHECK(mean_read == mean);
  }
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::string bytes;
  binary_writer writer{bytes};
  writer.varint(1);
  writer.f64(none);
  exact_moments read;
  binary_reader reader{bytes};
  CHECK_FALSE(read.decode(reader));
}

} // namespace exact_moments_test
