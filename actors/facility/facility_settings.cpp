#include "actors/facility/facility_settings.hpp"

#include "actors/kit/pane_windows.hpp"

namespace millwright {

std::span<const actor_setting> facility_settings() {
  using enum actor_setting::kind;
  static constexpr double day = 86'400;
  static constexpr actor_setting all[] = {
      {"length", duration, "1min", "what a window spans; a multiple of the slide", 30, day},
      {"slide", duration, "30s", "how far apart windows begin; a multiple of the pane, 30s", 30, day},
      {"delay", duration, "2min", "how long readings that come late are waited for", 0, day},
      {"quality_alert", number, "0.8", "a reading with a quality below it is a quality alert", 0, 1},
  };
  return all;
}

std::string facility_settings_problem(const actor_settings& settings) {
  return window_layout::problem(settings);
}

} // namespace millwright
