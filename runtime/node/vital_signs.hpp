#pragma once

#include "runtime/barrier/barrier_pace.hpp"

#include <chrono>

namespace millwright {

/// What a node is well by, and its heartbeat goes out by: it reads, commits, and somebody can be paged. Pure.
struct vital_signs {
  using time_point = std::chrono::steady_clock::time_point;

  /// Commits that are quick come at this interval.
  milliseconds commit_interval{0};
  /// Of the newest commit; the clock's zero for none.
  time_point last_commit{};
  /// Until then no reading is missed; the clock's zero before the first.
  time_point heard_until{};
  bool ledger_failing = false;
  /// Every channel that leaves the machine is down.
  bool channels_down = false;
  /// Every part lives that the node cannot do without: the alarm router above all.
  bool whole = true;

  bool well(time_point now) const {
    constexpr std::chrono::seconds patience{60};
    return last_commit != time_point{} && now - last_commit < commit_interval * 3 + barrier_pace::longest + patience &&
           now < heard_until && !ledger_failing && !channels_down && whole;
  }
};

} // namespace millwright
