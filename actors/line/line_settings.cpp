#include "actors/line/line_settings.hpp"

#include "actors/kit/pane_windows.hpp"

namespace millwright {

std::span<const actor_setting> line_settings() {
  using enum actor_setting::kind;
  static constexpr double day = 86'400;
  static constexpr actor_setting all[] = {
      {"length", duration, "10min", "what a window spans; a multiple of the slide", 30, day},
      {"slide", duration, "5min", "how far apart windows begin; a multiple of the pane, 30s", 30, day},
      {"delay", duration, "10min", "how long readings that come late are waited for", 0, day},
      {"optimal_above", number, "0.95", "a reading with a quality above it is optimal", 0, 1},
      {"readings_a_unit", number, "10", "optimal readings of each unit in a window that are an efficiency of 1", 0.001,
       1e9},
  };
  return all;
}

std::string line_settings_problem(const actor_settings& settings) {
  return window_layout::problem(settings);
}

} // namespace millwright
