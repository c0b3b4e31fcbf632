#pragma once

#include "protocol/time.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace millwright {

/// Sees to it that a node that is to end does: whatever one of its threads hangs in (a disk that does not answer cannot
/// be called back), whoever waits for that thread would wait for ever.
class stop_limit {
public:
  /// All are called on a thread of this one's.
  struct watched {
    /// The end has begun.
    std::function<bool()> begun;
    /// While this changes it goes on.
    std::function<uint64_t()> progress;
    /// For so long nothing has changed: called once.
    std::function<void()> over;
  };

  /// @param patience (> 0) counts while this process runs (running_wait).
  stop_limit(milliseconds patience, watched of);
  /// What is watched has ended.
  ~stop_limit();
  stop_limit(const stop_limit&) = delete;
  stop_limit& operator=(const stop_limit&) = delete;

private:
  void run();
  bool ends_within(std::unique_lock<std::mutex>& guard, milliseconds time);

  const milliseconds patience_;
  const watched of_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread thread_;
};

} // namespace millwright
