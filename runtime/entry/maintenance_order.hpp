#pragma once

#include "runtime/decisions/maintenance_entry.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace millwright {

/// What a person says of a unit's maintenance, on its way to the driver, and what becomes of it. One thread waits, the
/// driver answers; it is noted, or it is not, and the person hears which.
class maintenance_order {
public:
  struct outcome {
    /// Where it is noted: from then on it holds.
    event_time at = never;
    /// Else why it is not.
    std::string error;
  };

  /// @param wanted its time is the driver's.
  explicit maintenance_order(maintenance_entry wanted) : entry_{std::move(wanted)} {}

  /// The driver begins to note it. False: nobody waits for it any more, and it must not be noted.
  bool begin() {
    std::lock_guard guard{mutex_};
    if (state_ != state::waits)
      return false;
    state_ = state::begun;
    return true;
  }
  /// The driver's, behind `begin`.
  const maintenance_entry& entry() const { return entry_; }
  void answer(outcome became) {
    std::lock_guard guard{mutex_};
    outcome_ = std::move(became);
    state_ = state::over;
    answered_.notify_all();
  }

  /// Whoever asks. What has not begun within `patience` never does.
  outcome wait(milliseconds patience) {
    std::unique_lock guard{mutex_};
    if (!answered_.wait_for(guard, patience, [&] { return state_ != state::waits; })) {
      state_ = state::over;
      return {never, "the node has not come to it; nothing was noted, say it again"};
    }
    answered_.wait(guard, [&] { return state_ == state::over; });
    return outcome_;
  }

private:
  enum class state { waits, begun, over };

  const maintenance_entry entry_;
  std::mutex mutex_;
  std::condition_variable answered_;
  state state_ = state::waits;
  outcome outcome_;
};

} // namespace millwright
