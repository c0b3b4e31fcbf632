#pragma once

#include "runtime/health/health_features.hpp"
#include "runtime/health/training/model_training.hpp"

#include <vector>

namespace millwright {

/// Readings of machines that wear out: the value rises, and the quality falls a little.
struct worn_readings {
  std::vector<health_input> inputs;
  std::vector<float> health;

  explicit worn_readings(size_t count);

  /// As a training takes them.
  labelled_readings labelled(uint32_t machines) const;
};

} // namespace millwright
