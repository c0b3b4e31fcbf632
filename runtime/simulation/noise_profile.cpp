#include "runtime/simulation/noise_profile.hpp"

#include "protocol/failure.hpp"

#include <algorithm>

namespace millwright {

namespace {

using tails = noise_profile::tails;
using course = noise_profile::course;

constexpr std::array kinds{
    noise_profile{.name = "gaussian"},
    noise_profile{.name = "laplace", .shape = tails::laplace},
    noise_profile{.name = "heavy_tails", .shape = tails::student},
    noise_profile{.name = "glitches", .shape = tails::glitches},
    noise_profile{.name = "coarse", .step = 2},
    noise_profile{.name = "correlated", .correlation = 0.9},
    noise_profile{.name = "sluggish", .correlation = 0.97},
    noise_profile{.name = "inert", .correlation = 0.99},
    noise_profile{.name = "loads", .process = course::stays, .size = 15, .minutes = 30, .ramp = 0.1},
    noise_profile{.name = "heavy_loads",
                  .shape = tails::student,
                  .process = course::stays,
                  .size = 15,
                  .minutes = 90,
                  .ramp = 0.1},
    noise_profile{.name = "inert_loads",
                  .correlation = 0.97,
                  .process = course::stays,
                  .size = 6,
                  .minutes = 60,
                  .places = 3,
                  .ramp = 0.05},
    noise_profile{
        .name = "on_off", .process = course::stays, .size = 12, .minutes = 25, .places = 2, .ramp = 0.05, .quiet = 0.1},
    noise_profile{.name = "valve", .fast = 0.3, .process = course::stays, .size = 20, .minutes = 120, .places = 4},
    noise_profile{.name = "daily", .correlation = 0.9, .process = course::daily, .size = 8},
    noise_profile{.name = "shifts", .process = course::shifts, .size = 12, .ramp = 0.02, .quiet = 0.1},
    noise_profile{.name = "weekends", .process = course::weekends, .size = 12, .ramp = 0.02, .quiet = 0.1},
    noise_profile{.name = "batches", .process = course::batches, .size = 10, .minutes = 100, .quiet = 0.5},
    noise_profile{.name = "cycles", .process = course::cycles, .size = 5, .minutes = 40},
    noise_profile{
        .name = "set_points", .process = course::stays, .size = 12, .minutes = 480, .bell = true, .ramp = 0.02},
    noise_profile{.name = "drifting", .process = course::drifting, .size = 20},
};

} // namespace

std::span<const noise_profile> noise_profiles() {
  return kinds;
}

std::vector<uint8_t> noise_named(const std::string& text) {
  std::vector<uint8_t> out;
  if (text == "plain")
    return out;
  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find(',', from), text.size());
    const auto name = std::string_view{text}.substr(from, end - from);
    from = end + 1;
    bool known = false;
    for (size_t i = 0; i < kinds.size(); ++i)
      if (kinds[i].name == name || name == "mixed") {
        out.push_back(static_cast<uint8_t>(i));
        known = true;
      }
    if (!known) {
      std::string all;
      for (const auto& each : kinds)
        all += ", " + std::string{each.name};
      throw failure{failure_code::bad_configuration, "source.simulation.noise",
                    "no noise is called \"" + std::string{name} + "\"; there are plain, mixed" + all};
    }
  }
  return out;
}

} // namespace millwright
