#pragma once

#include "protocol/alarm.hpp"
#include "protocol/results.hpp"

#include <vector>

namespace millwright {

/// What a sensor's models decide while they take readings and ticks, in the order of decision. The shell owns one a
/// thread, hands it on after each message and clears it: a sensor itself keeps no output.
struct sensor_output {
  std::vector<statistics_row> statistics;
  std::vector<patterns_row> patterns;
  std::vector<averages_row> averages;
  std::vector<anomaly_row> anomalies;
  std::vector<score_row> scores;
  std::vector<alarm_transition> transitions;

  bool empty() const {
    return statistics.empty() && patterns.empty() && averages.empty() && anomalies.empty() && scores.empty() &&
           transitions.empty();
  }

  void clear() {
    statistics.clear();
    patterns.clear();
    averages.clear();
    anomalies.clear();
    scores.clear();
    transitions.clear();
  }
};

} // namespace millwright
