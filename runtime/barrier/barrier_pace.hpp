#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <cstddef>

namespace millwright {

/// When barriers are cut, and how many readings may wait for their commit. A commit costs by the sensors that changed,
/// not by their readings: more sensors hold more readings between two, and a commit that takes long is followed by as
/// long a time without one. So a large plant spends half of its time with commits at most, unless one takes over half a
/// minute.
struct barrier_pace {
  /// Between two barriers, as long as commits are quick.
  milliseconds interval;
  /// However long commits take, the next barrier is not put off for longer because of it.
  static constexpr milliseconds longest{60'000};

  /// Bytes of uncommitted readings, at most, before the next ones wait.
  static constexpr size_t held_most(size_t sensors) {
    constexpr size_t least = 512u << 20, a_sensor = 3u << 10;
    return std::max(least, sensors * a_sensor);
  }
  /// So many are held that a barrier is cut before it is due, and sensors are asked without delay.
  static constexpr bool presses(size_t held, size_t sensors) { return held > held_most(sensors) / 2; }

  /// @param since the last barrier. @param took a commit of late; 0 before the first. One during which the machine
  /// stood still says nothing, hence the limit.
  template <class Duration>
  constexpr bool due(Duration since, milliseconds took) const {
    return since >= std::max(interval, std::min(2 * took, longest));
  }
};

} // namespace millwright
