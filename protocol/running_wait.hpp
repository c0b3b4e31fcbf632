#pragma once

#include "protocol/time.hpp"

#include <algorithm>

namespace millwright {

/// How long somebody has been waited for, in looks: of the time between two looks no more than twice what was planned
/// counts. A process that was stopped (a debugger, a frozen container, a machine that was moved) did not wait, and what
/// it waited for may be stopped likewise: its silence is nobody's. Pure; times are a steady clock's.
class running_wait {
public:
  /// @param patience after so long it is over (> 0).
  explicit running_wait(milliseconds patience) : patience_{patience} {}

  void begin(milliseconds now) {
    looked_ = now;
    waited_ = milliseconds{0};
  }

  /// It has been waited for long enough.
  bool over(milliseconds now) {
    waited_ += std::clamp(now - looked_, milliseconds{0}, 2 * step());
    looked_ = now;
    return waited_ >= patience_;
  }

  /// When to look again: after so long.
  milliseconds next() const { return std::clamp(patience_ - waited_, milliseconds{1}, step()); }

  /// Blocks until `wait_for(some time)` says that what is waited for has come, or it is over: whether it has come.
  template <class WaitFor>
  static bool until(milliseconds patience, WaitFor wait_for) {
    const auto now = [] {
      return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
    };
    running_wait wait{patience};
    for (wait.begin(now()); !wait_for(wait.next());)
      if (wait.over(now()))
        return false;
    return true;
  }

private:
  milliseconds step() const { return std::max(patience_ / 10, milliseconds{1}); }

  milliseconds patience_;
  milliseconds looked_{0}, waited_{0};
};

} // namespace millwright
