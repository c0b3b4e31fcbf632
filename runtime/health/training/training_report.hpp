#pragma once

#include "runtime/health/training/model_training.hpp"

#include <string>

namespace millwright {

/// What is printed at the end of a training, some lines.
std::string to_text(const labelled_readings& readings, const training_result& result);

} // namespace millwright
