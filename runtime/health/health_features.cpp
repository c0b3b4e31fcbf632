#include "runtime/health/health_features.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace millwright {

namespace {

/// Sine and cosine of each part of a circle: there are few, and readings are many.
template <size_t parts>
struct circle {
  std::array<double, parts> sine{}, cosine{};

  circle() {
    for (size_t i = 0; i < parts; ++i) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(parts);
      sine[i] = std::sin(turn);
      cosine[i] = std::cos(turn);
    }
  }
};

const circle<24> hours;
const circle<7> days;

/// A feature more is a row more.
constexpr std::array rows{
    health_feature{"value", [](const health_input& x) { return x.value; }},
    health_feature{"quality_score", [](const health_input& x) { return x.quality; }},
    health_feature{"hour_sin", [](const health_input& x) { return hours.sine[x.hour % 24]; }},
    health_feature{"hour_cos", [](const health_input& x) { return hours.cosine[x.hour % 24]; }},
    health_feature{"day_sin", [](const health_input& x) { return days.sine[x.day % 7]; }},
    health_feature{"day_cos", [](const health_input& x) { return days.cosine[x.day % 7]; }},
};

} // namespace

std::span<const health_feature> health_features() {
  return rows;
}

void put_health_features(const health_input& input, float* to) {
  constexpr double most = std::numeric_limits<float>::max();
  for (const auto& each : rows) {
    const double x = each.of(input);
    *to++ = static_cast<float>(x > most ? most : x < -most ? -most : x);
  }
}

} // namespace millwright
