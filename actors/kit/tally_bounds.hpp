#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace millwright {

/// Where kinds of actors tell readings apart: readings that lie on one side of all of it add up to one `sensor_tally`,
/// which none of the kinds needs to look into. Told once, before the first reading.
class tally_bounds {
public:
  static constexpr size_t most_delays = 8, most_qualities = 7;

  /// Readings are on time for something, or late, by this delay. Throws std::length_error above `most_delays`.
  void delay(milliseconds longest);
  /// Readings of one split are told apart when its activity clock went on for so long between them.
  void pause(milliseconds shortest) { pause_ = std::min(pause_, shortest); }
  /// Readings of a lower quality, or of a higher one, are counted. Throws std::length_error above `most_qualities`.
  void below(double quality);
  void above(double quality) { below(next_to(quality)); }

  milliseconds pause() const { return pause_; }
  /// Which stretch between two delays time is in, that is so far behind a pane's end; while it is in one, readings of
  /// that pane are on time for the same.
  size_t stretch_of(milliseconds behind_pane) const {
    size_t out = 0;
    while (out < delay_count_ && delays_[out] <= behind_pane)
      ++out;
    return out;
  }
  bool is_in(size_t stretch, milliseconds behind_pane) const {
    return (stretch == 0 || behind_pane >= delays_[stretch - 1]) &&
           (stretch == delay_count_ || behind_pane < delays_[stretch]);
  }

  /// By which of the qualities a reading is counted; of one that has a quality.
  size_t class_of(double quality) const {
    size_t out = 0;
    while (out < quality_count_ && qualities_[out] <= quality)
      ++out;
    return out;
  }
  /// The classes whose qualities are below `quality`: those before this one. Throws std::logic_error where nobody told
  /// of that quality.
  size_t classes_below(double quality) const;

  /// The smallest quality above.
  static double next_to(double quality) { return std::nextafter(quality, std::numeric_limits<double>::infinity()); }

private:
  /// Both in order, each once.
  std::array<milliseconds, most_delays> delays_{};
  std::array<double, most_qualities> qualities_{};
  size_t delay_count_ = 0, quality_count_ = 0;
  milliseconds pause_ = milliseconds::max() / 2;
};

} // namespace millwright
