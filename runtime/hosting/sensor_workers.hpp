#pragma once

#include "actors/sensor/sensor_actor.hpp"
#include "runtime/hosting/gathering.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// The threads on which sensor actors run. They are CAF actors like any other; only their turn comes from here, since
/// CAF's schedulers take one job at a time from a queue under a lock and meet each actor with a cold cache: with
/// 125,000 of them that is most of a reading's cost. Here actors that got a message are handed on in batches, and the
/// memory of the next ones is asked for while one is at work.
///
/// An actor is in at most one batch at a time (CAF schedules it when its empty mailbox gets a message), so it is run by
/// one thread at a time, and its messages stay in order.
class sensor_workers : public caf::execution_unit {
public:
  /// @param threads at least 1
  /// @param broke told on one of the threads when something ended it that nobody thought of: its sensors stand still.
  /// @param gathered hears when a thread has done what there was to do, and whose turn comes; may be null.
  sensor_workers(caf::actor_system& system, unsigned threads, std::function<void(const std::string&)> broke = {},
                 gathering* gathered = nullptr);
  /// Ends the threads; what has not had its turn is run before.
  ~sensor_workers() override;

  /// `job` is a `sensor_watcher` that has a message and no turn. The one sending thread; through `enqueue`.
  void exec_later(caf::resumable* job) override;

  /// Hands on what was gathered. The sending thread.
  void flush();

private:
  static constexpr size_t batch_most = 64;

  struct batch {
    std::array<sensor_watcher*, batch_most> actors;
    size_t count = 0;
  };
  class worker;

  void run();
  void work();
  /// And the place of its tally.
  void prefetch_model(const sensor_watcher& of);
  void resume_all(const batch& jobs, caf::execution_unit& unit, std::vector<sensor_watcher*>& unfinished);
  std::unique_ptr<batch> fresh();
  void add(std::unique_ptr<batch> full);

  std::unique_ptr<batch> gathered_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::unique_ptr<batch>> waiting_;
  std::vector<std::unique_ptr<batch>> free_;
  const std::function<void(const std::string&)> broke_;
  gathering* const above_;
  unsigned sleeping_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace millwright
