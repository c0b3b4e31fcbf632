#include "runtime/health/health_features.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace health_features_test {

using namespace millwright;

namespace {

std::vector<float> features_of(const health_input& input) {
  std::vector<float> out(health_features().size());
  put_health_features(input, out.data());
  return out;
}

} // namespace

TEST_CASE("the features are those of the definition, in its order") {
  std::vector<std::string_view> names;
  for (const auto& each : health_features())
    names.push_back(each.name);
  CHECK(names == std::vector<std::string_view>{"value", "quality_score", "hour_sin", "hour_cos", "day_sin", "day_cos"});
  for (int hour = 0; hour < 24; ++hour)
    for (int day = 1; day <= 7; ++day) {
      const auto x = features_of({12.5, 0.75, static_cast<uint8_t>(hour), static_cast<uint8_t>(day)});
      const double of_day = 2 * std::numbers::pi * hour / 24, of_week = 2 * std::numbers::pi * day / 7;
      CHECK(x[0] == 12.5f);
      CHECK(x[1] == 0.75f);
      CHECK(x[2] == doctest::Approx(std::sin(of_day)));
      CHECK(x[3] == doctest::Approx(std::cos(of_day)));
      CHECK(x[4] == doctest::Approx(std::sin(of_week)));
      CHECK(x[5] == doctest::Approx(std::cos(of_week)));
    }
}

TEST_CASE("an absent quality is missing, and a value beyond a float is the largest one") {
  CHECK(std::isnan(features_of({1, absent, 0, 1})[1]));
  CHECK(features_of({1e300, 1, 0, 1})[0] == std::numeric_limits<float>::max());
  CHECK(features_of({-1e300, 1, 0, 1})[0] == -std::numeric_limits<float>::max());
}

} // namespace health_features_test
