#pragma once

#include "runtime/barrier/barrier_pace.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <chrono>
#include <cstddef>

namespace millwright {

/// When the driver cuts a barrier, what it adds to it, and how many quiet sensors are asked for their answers. The
/// driver's thread.
class barrier_cuts {
public:
  using time_point = std::chrono::steady_clock::time_point;

  barrier_cuts(milliseconds interval, sensor_keeper& keeper, const collector& outputs, split_table& splits,
               plant_changes& changes, barrier_share& share)
      : pace_{interval}, keeper_{keeper}, outputs_{outputs}, splits_{splits}, changes_{changes}, share_{share} {}

  void start(time_point now) { last_ = last_asked_ = now; }

  /// No room for another reading before a commit.
  bool full() const { return held() >= barrier_pace::held_most(keeper_.sensors().living()); }
  /// So much is held that a barrier is cut before it is due, and sensors are asked without delay.
  bool presses() const { return barrier_pace::presses(held(), keeper_.sensors().living()); }
  bool due(time_point now) const;
  /// How many sensors that have not answered are asked now.
  size_t asks_due(time_point now);

  /// Ends the barrier number, if there is anything behind it. @param ended nothing more comes: it is the last one.
  void cut(bool ended);

private:
  size_t held() const { return keeper_.log().bytes(); }
  void fill(barrier_output& output, bool ended);

  const barrier_pace pace_;
  sensor_keeper& keeper_;
  const collector& outputs_;
  split_table& splits_;
  plant_changes& changes_;
  barrier_share& share_;
  time_point last_{}, last_asked_{};
  /// Questions that may be asked by now.
  double asks_ = 0;
};

} // namespace millwright
