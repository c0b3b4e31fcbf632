#pragma once

#include "runtime/decisions/decision_log.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// Carries to the log what one thread decides, so that no reading waits longer for a disk than that thread wants to. It
/// leaves orders and collects what became of them; a thread of its own carries them out, one after the other. A disk
/// that hangs keeps that thread: what becomes of an order is always known in the end.
class decision_writer {
public:
  struct order {
    /// As in `decision_log`.
    enum class kind { append, take_back, prune };
    kind what = kind::append;
    /// For the outcome; the log knows it by its name.
    uint16_t split = 0;
    std::string name;
    /// Of `prune` the position alone counts.
    decision entry;
  };

  struct outcome {
    order of;
    /// Empty: done, and on disk.
    std::string error;
  };

  /// The log outlives this.
  explicit decision_writer(decision_log& to);
  /// Carries out what was left first.
  ~decision_writer();
  decision_writer(const decision_writer&) = delete;
  decision_writer& operator=(const decision_writer&) = delete;

  void write(order next);
  /// In the order of writing; at the cost of one atomic read when there is none. Throws what was no journal_unwritable.
  std::vector<outcome> collect();
  /// Nothing is on its way. At the cost of one atomic read.
  bool idle() const { return under_way_.load(std::memory_order_acquire) == 0; }
  /// True once nothing is on its way any more; false when that takes longer than `patience` (running_wait), or than a
  /// tenth of it while `*hurry` (may be null).
  bool wait(milliseconds patience, const std::atomic<bool>* hurry = nullptr);

private:
  void run();
  void carry_out(const order& x);

  decision_log& to_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<order> orders_;
  std::vector<outcome> outcomes_;
  std::exception_ptr broken_;
  bool stopping_ = false;
  std::atomic<size_t> under_way_{0};
  std::atomic<bool> has_outcomes_{false};
  std::thread thread_;
};

} // namespace millwright
