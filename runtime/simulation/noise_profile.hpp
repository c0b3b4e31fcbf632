#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// How a healthy measurement moves, as data: a fast noise on top of what the process does. Sizes are multiples of the
/// sensor's sigma.
struct noise_profile {
  std::string_view name;

  /// The shape of the fast noise.
  enum class tails : uint8_t { gaussian, laplace, student, glitches } shape = tails::gaussian;
  /// Of one reading with the next; a correlated noise is Gaussian.
  double correlation = 0;
  /// Its standard deviation (of `student` and `glitches`: about, of the usual readings).
  double fast = 1;
  /// Steps of the instrument; 0: none to speak of.
  double step = 0;

  /// What the process does.
  enum class course : uint8_t { steady, stays, daily, shifts, weekends, batches, cycles, drifting } process{};
  /// From its middle to its ends. Drifting: from end to end in 40 days.
  double size = 0;
  /// Minutes of one stay, batch or cycle, in the mean.
  double minutes = 0;
  /// Places that a stay is at; 0: anywhere, more often near the middle where `bell`.
  int places = 0;
  bool bell = false;
  /// Share of a mean stay that it takes to get there.
  double ramp = 0;
  /// Of the fast noise where the process stands still (its lower end).
  double quiet = 1;

  /// No healthy reading is further from the sensor's level.
  double reach() const { return (shape == tails::gaussian ? 7 : 30) * fast + size + step; }
};

/// Every kind that there is, in a fixed order.
std::span<const noise_profile> noise_profiles();

/// Which kinds a plant is made of: "plain" (none: as sensor_profile says), "mixed" (every one) or "NAME,NAME,...".
/// Indices into `noise_profiles`. Throws `failure` on an unknown name.
std::vector<uint8_t> noise_named(const std::string& text);

} // namespace millwright
