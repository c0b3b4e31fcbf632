#pragma once

#include "protocol/detection_settings.hpp"
#include "protocol/reading.hpp"
#include "protocol/sensor_type.hpp"

#include <functional>
#include <vector>

namespace millwright {

/// What all sensors of a node judge by; one object a node, which outlives them.
struct rule_book {
  const detection_settings* settings;
  const std::vector<sensor_type>* types;
  /// Whether every reading gets a row of `scores`.
  bool score_rows = false;
  /// Called by the actor before each reading, where set: fault tests throw from it.
  std::function<void(const reading&)> before_reading = {};
};

} // namespace millwright
