#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace millwright {

/// Of a steady clock.
inline int64_t milliseconds_of(std::chrono::steady_clock::time_point at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

/// The clocks as the driver last looked at them. Its thread alone.
class driver_clock {
public:
  using steady = std::chrono::steady_clock;

  static event_time wall_now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

  /// What is read next is read by what the clocks are now.
  void polled(steady::time_point now) {
    wall_ = wall_now();
    second_ = seconds_of(milliseconds_of(now));
  }
  /// Some ten times a second: what is noticed beside readings is dated by that.
  void looked(steady::time_point now) {
    looked_ = now;
    wall_looked_ms_ = epoch_ms(wall_now());
  }
  /// As `looked`, where the time of day does not matter.
  void passed(steady::time_point now) { looked_ = now; }

  /// The node's clock at the last poll.
  event_time wall() const { return wall_; }
  /// Seconds since the driver began, at the last poll; 1 at first.
  uint32_t second() const { return second_; }
  /// The same of any moment of the steady clock.
  uint32_t seconds_of(int64_t steady_ms) const {
    return static_cast<uint32_t>(std::max<int64_t>(0, (steady_ms - milliseconds_of(begun_)) / 1000) + 1);
  }
  steady::time_point begun() const { return begun_; }
  steady::time_point last_look() const { return looked_; }
  int64_t wall_at_last_look_ms() const { return wall_looked_ms_; }

private:
  const steady::time_point begun_ = steady::now();
  event_time wall_ = never;
  uint32_t second_ = 1;
  steady::time_point looked_{};
  int64_t wall_looked_ms_ = 0;
};

} // namespace millwright
