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

/// Carries decisions to the log that are made ahead of their positions, so that no reading waits for a disk. One thread
/// leaves them and collects what became of them; a thread of its own writes.
class decision_writer {
public:
  struct outcome {
    uint16_t split = 0;
    decision entry;
    /// Empty: it is on disk.
    std::string error;
  };

  /// The log outlives this; it is used by two threads.
  explicit decision_writer(decision_log& to);
  ~decision_writer();
  decision_writer(const decision_writer&) = delete;
  decision_writer& operator=(const decision_writer&) = delete;

  /// `split` is for the outcome, `name` for the log.
  void write(uint16_t split, std::string name, decision entry);
  /// In the order of writing; at the cost of one atomic read when there is none. Throws what was no journal_unwritable.
  std::vector<outcome> collect();
  /// Returns when nothing is on its way any more.
  void wait();

private:
  struct order {
    uint16_t split;
    std::string name;
    decision entry;
  };

  void run();

  decision_log& to_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<order> orders_;
  std::vector<outcome> outcomes_;
  std::exception_ptr broken_;
  bool stopping_ = false, busy_ = false;
  std::atomic<bool> has_outcomes_{false};
  std::thread thread_;
};

} // namespace millwright
