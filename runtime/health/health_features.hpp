#pragma once

#include "protocol/reading.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millwright {

/// What is known of an accepted reading where its health is judged.
struct health_input {
  double value = 0;
  /// 0..1; NaN where absent.
  double quality = absent;
  /// At the facility: hour of the day 0..23, day of the week 1 = Sunday .. 7.
  uint8_t hour = 0;
  uint8_t day = 1;
};

/// A figure that a model judges by. Its name is stored in the models that were trained with it.
struct health_feature {
  std::string_view name;
  /// NaN: missing, which is a case of its own to a model.
  double (*of)(const health_input&);
};

/// All of them, in the order in which a model sees them: the same for training and judging. A model that was trained
/// with another list is refused.
std::span<const health_feature> health_features();

/// Writes the features of `input` to `to`, which has room for all, as a model takes them: a finite number, or NaN.
void put_health_features(const health_input& input, float* to);

} // namespace millwright
