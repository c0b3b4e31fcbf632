#pragma once

namespace millwright {

/// From which score on a machine's health is a risk (semantics 5).
struct health_settings {
  double critical_below = 0.3;
  double warning_below = 0.6;
  double maintenance_below = 0.4;
};

} // namespace millwright
