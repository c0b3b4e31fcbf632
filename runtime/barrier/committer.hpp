#pragma once

#include "runtime/barrier/collector.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace millwright {

/// Takes what a barrier completed: the ledger of a live node, the files of a replay.
class output_consumer {
public:
  virtual ~output_consumer() = default;

  /// Makes it durable, or throws `failure`; then it is called again with the same. A disk that failed late may have
  /// taken it all the same, and then that call changes nothing; else everything is as before, and meanwhile something
  /// may have been taken back of it.
  virtual void consume(const barrier_output& output) = 0;
};

/// The thread that carries complete barriers from the collector to their consumer, in order. A failing consumer is
/// tried again with backoff: the output waits, readings go on until the node's memory for them is used up.
class committer {
public:
  /// The root supervisor's name for it.
  static inline const std::string part = "committer";

  struct events {
    /// After each commit: what it held, and how long the attempt took that worked.
    std::function<void(const barrier_output&, milliseconds took)> committed;
    /// The consumer failed with this text; an empty one: it works again.
    std::function<void(const std::string& error)> failing;
    /// Something that nobody thought of was thrown on this thread, which goes on with what it had in hand. May be
    /// empty.
    std::function<void(const std::string& what)> broke = {};
    /// A barrier is complete, and about to be consumed for the first time: adds what others make of it. May be empty.
    std::function<void(barrier_output&)> complete = {};
    /// Before each attempt. May be empty.
    std::function<void()> begun = {};
  };

  committer(collector& from, output_consumer& to, events tell);
  ~committer();

  committer(const committer&) = delete;
  committer& operator=(const committer&) = delete;

  /// Ends the thread. What is complete is consumed before, unless the consumer keeps failing.
  void stop();

private:
  void run();
  /// False when there is nothing more to do.
  bool commit_next();
  void guard(const std::function<void()>& work);
  void pause(milliseconds wait);
  /// How long the attempt took that worked; none when stopped while failing.
  std::optional<milliseconds> consume(const barrier_output& output);

  collector& from_;
  output_consumer& to_;
  events tell_;
  /// The newest barrier that `complete` was told of.
  uint32_t completed_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace millwright
