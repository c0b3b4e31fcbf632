#pragma once

#include "protocol/time.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace millwright {

/// What other threads ask of the driver's, which alone may look at its sensors: answered between two readings, one by
/// one.
class driver_questions {
public:
  /// Has `answer` run on the driver's thread, and returns when it has. It should take no longer than a millisecond.
  /// Throws failure(not_found) where the driver does not come to it within `patience`, or has ended: then it never
  /// runs.
  void ask(std::function<void()> answer, milliseconds patience = milliseconds{5000});

  /// The driver's thread: answers the next one. Costs an atomic read where there is none.
  void work() {
    if (waits())
      answer_next();
  }
  /// Somebody has asked and is not answered yet. Any thread.
  bool waits() const { return waiting_.load(std::memory_order_relaxed) > 0; }

  /// The driver's thread, which answers no more: whoever waits, or asks from now on, is told so at once.
  void end();

private:
  struct question;

  void answer_next();

  std::mutex mutex_;
  std::deque<std::shared_ptr<question>> asked_;
  bool ended_ = false;
  std::atomic<size_t> waiting_{0};
};

} // namespace millwright
