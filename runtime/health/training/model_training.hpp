#pragma once

#include "runtime/health/training/labelled_readings.hpp"

#include <string>
#include <vector>

namespace millwright {

struct training_request {
  std::string sensor_type;
  growth how;
  /// Share of the machines that the model is tested by.
  double hold_out = 0.25;
  /// Of the program, as the model will say.
  std::string program;
};

/// Of the readings whose predicted health was in [from, to).
struct calibration_row {
  double from = 0, to = 0;
  uint64_t readings = 0;
  /// Means; NaN where there is no reading.
  double predicted = 0, labelled = 0;
};

struct training_result {
  health_model model;
  /// Of the features, in their order; they sum to 1.
  std::vector<double> importance;
  std::vector<std::string> held_out;
  /// Of the held-out readings, in tenths.
  std::vector<calibration_row> calibration;
};

/// Trains a model with some of the machines and tests it with the others, as a whole: what it says of a machine that it
/// knows would prove nothing. Which these are follows from the seed and their names. The same readings and request give
/// the same model. Throws `failure` (bad_configuration) where there are too few machines, or all labels are the same.
training_result train_model(const labelled_readings& readings, const training_request& request);

} // namespace millwright
