#include "actors/kit/exact_sum.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace exact_sum_test {

using namespace millwright;

namespace {

// Magnitudes from 1e-20 to 1e20, of both signs.
std::vector<double> wide_numbers(std::mt19937_64& random, size_t n) {
  std::uniform_real_distribution<double> mantissa{-1, 1}, exponent{-20, 20};
  std::vector<double> out(n);
  for (auto& each : out)
    each = mantissa(random) * std::pow(10, exponent(random));
  return out;
}

exact_sum sum_of(const std::vector<double>& values) {
  exact_sum out;
  for (const double each : values)
    out.add(each);
  return out;
}

} // namespace

TEST_CASE("a sum is the same to the last bit in any order and grouping") {
  std::mt19937_64 random{11};
  for (int run = 0; run < 200; ++run) {
    auto values = wide_numbers(random, 100);
    const auto whole = sum_of(values);
    std::shuffle(values.begin(), values.end(), random);
    exact_sum merged;
    for (size_t at = 0; at < values.size();) {
      const size_t n = std::min<size_t>(values.size() - at, 1 + random() % 30);
      exact_sum part;
      for (size_t i = 0; i < n; ++i, ++at)
        part.add(values[at]);
      random() % 2 ? merged.merge(part) : (part.merge(merged), merged = part, void());
    }
    REQUIRE(merged == whole);
  }
}

TEST_CASE("squares too") {
  std::mt19937_64 random{12};
  auto values = wide_numbers(random, 300);
  exact_sum forward, backward;
  for (const double each : values)
    forward.add_square(each);
  std::reverse(values.begin(), values.end());
  for (const double each : values)
    backward.add_square(each);
  CHECK(forward == backward);
}

TEST_CASE("what cancels is not lost") {
  CHECK(sum_of({1e16, 1, -1e16}).over(1).high == 1);
  CHECK(sum_of({1, 1e-9, -1}).over(1).high == 1e-9);
  CHECK(sum_of({0.1, 0.2, -0.3}).over(1).high == doctest::Approx(2.7755575615628914e-17).epsilon(1e-15));
}

TEST_CASE("a sum of random numbers is what long doubles give") {
  std::mt19937_64 random{13};
  std::uniform_real_distribution<double> near{99, 101};
  exact_sum sum, squares;
  long double plain = 0, plain_squares = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = near(random);
    sum.add(x);
    squares.add_square(x);
    plain += x;
    plain_squares += static_cast<long double>(x) * x;
  }
  CHECK(sum.over(100'000).high == doctest::Approx(static_cast<double>(plain / 100'000)).epsilon(1e-15));
  CHECK(squares.squares_over(1).high == doctest::Approx(static_cast<double>(plain_squares)).epsilon(1e-15));
}

TEST_CASE("zeros, the smallest and the largest doubles are numbers like others") {
  const double tiny = std::numeric_limits<double>::denorm_min(), huge = std::numeric_limits<double>::max();
  CHECK(exact_sum{}.over(1).high == 0);
  CHECK(sum_of({0, -0.0}).over(2).high == 0);
  CHECK(sum_of({tiny, tiny}).over(2).high == tiny);
  CHECK(sum_of({huge, huge, huge}).over(3).high == huge);
  CHECK(std::isinf(sum_of({huge, huge}).over(1).high));
  CHECK(sum_of({-huge, 1, huge}).over(1).high == 0);
}

TEST_CASE("a sum survives its stored form") {
  std::mt19937_64 random{14};
  const auto sum = sum_of(wide_numbers(random, 50));
  std::string bytes;
  binary_writer writer{bytes};
  sum.encode(writer);
  exact_sum read;
  binary_reader reader{bytes};
  REQUIRE(read.decode(reader));
  CHECK(read == sum);
  binary_reader cut{std::string_view{bytes}.substr(0, bytes.size() - 1)};
  CHECK_FALSE(read.decode(cut));
}

TEST_CASE("any sum survives its stored form, and every cut of it is noticed") {
  std::mt19937_64 random{15};
  for (int run = 0; run < 2000; ++run) {
    exact_sum sum;
    const auto kind = random() % 4;
    for (uint64_t n = random() % 70; n > 0; --n) {
      const double x = static_cast<double>(random() % 2001) - (kind == 0 ? 1000 : 0);
      if (kind == 3)
        sum.add_square(x / 7);
      else
        sum.add(kind == 1 ? x : std::ldexp(x / 3, static_cast<int>(random() % 40)));
    }
    std::string bytes;
    binary_writer writer{bytes};
    sum.encode(writer);
    exact_sum read;
    binary_reader reader{bytes};
    REQUIRE(read.decode(reader));
    REQUIRE(reader.at_end());
    REQUIRE(read == sum);
    for (size_t length = 0; length < bytes.size(); ++length) {
      binary_reader cut{std::string_view{bytes}.substr(0, length)};
      REQUIRE_FALSE(read.decode(cut));
    }
  }
}

} // namespace exact_sum_test
