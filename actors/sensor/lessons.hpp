#pragma once

#include "protocol/time.hpp"

namespace millwright {

/// What a sensor has been taught so far, for people.
struct lessons {
  /// Time of the first reading that taught; `never` if none did.
  event_time first = never;
  /// Of the newest, taught or not; `never` if there is none.
  event_time last = never;
  /// The state rule knows its normal range.
  bool normal_range = false;

  bool any() const { return first != never; }
  milliseconds span() const { return any() && last > first ? last - first : milliseconds{0}; }
};

} // namespace millwright
