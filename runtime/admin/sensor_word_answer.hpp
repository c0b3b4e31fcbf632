#pragma once

#include "protocol/detection_settings.hpp"
#include "runtime/decisions/sensor_word.hpp"

#include <string>

namespace millwright {

/// What a person is told who has a sensor do something.
struct sensor_word_answer {
  std::string text;
  /// Of one that learns anew: what it learns pages from then on; `never`: not by these settings.
  event_time pages_from = never;
};

/// @param word as it was noted.
sensor_word_answer what_follows(const sensor_word& word, const detection_settings& settings);

} // namespace millwright
