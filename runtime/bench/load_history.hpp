#pragma once

#include "runtime/bench/hosted_node.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace millwright {

constexpr std::chrono::nanoseconds nanoseconds_between(double readings_a_second) {
  return std::chrono::nanoseconds{static_cast<int64_t>(1e9 / readings_a_second)};
}

/// Six minutes of event time in which each sensor reports every 30 s: afterwards every sensor has its panes, its
/// statistics and its usual interval, as in a plant that has run for long.
inline load_phase history_phase(uint32_t sensors, uint64_t rounds = 12) {
  return {rounds * sensors, std::chrono::nanoseconds{std::chrono::seconds{30}} / sensors, 0};
}

/// Waits for `reached`; throws what the node threw, or when it takes longer than `patience`.
template <class Reached>
void wait_for(hosted_node& hosted, std::chrono::nanoseconds patience, Reached reached) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!reached()) {
    hosted.check();
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"the node does not come to what is to be measured"};
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

} // namespace millwright
