#pragma once

#include "protocol/time.hpp"
#include "runtime/hosting/restart_intensity.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// Stands above every actor and thread that the node cannot do without (router, channels, journal, committer, shards,
/// the sensors' threads). One that dies is begun anew from what is on disk, where that is possible; one that cannot be,
/// or that dies again and again, ends the node: whoever started it should start it anew. On a thread of its own, since
/// a part must not be begun anew by the thread that it dies on.
class root_supervisor {
public:
  struct limits {
    /// More deaths of one part than this within the window end the node. A router lives some twenty seconds before it
    /// gives a journal up that it cannot read: so many of its lives have to fit in.
    uint32_t deaths = 5;
    milliseconds window{300'000};
    /// Before a part whose new beginning failed is tried again.
    milliseconds pause{500};
  };
  /// Told once, on the supervisor's thread, that the node has to end, and why.
  using end_function = std::function<void(const std::string& why)>;

  root_supervisor(limits given, end_function end);
  root_supervisor(const root_supervisor&) = delete;
  root_supervisor& operator=(const root_supervisor&) = delete;
  ~root_supervisor();

  /// @param begin_anew brings the part back, on the supervisor's thread; what it throws counts as another death. Empty:
  /// nothing can, and its death ends the node. Before anybody reports.
  void watch(std::string part, std::function<void()> begin_anew);

  /// Any thread, the dying one's as well.
  void died(const std::string& part, const std::string& what);

  /// Whether a part is dead at this moment. Any thread.
  bool whole() const { return dead_.load(std::memory_order_acquire) == 0; }
  /// Parts begun anew so far.
  uint64_t restarts() const { return restarts_.load(std::memory_order_relaxed); }

  struct part_view {
    std::string name;
    /// Since the node's start.
    uint64_t deaths = 0;
    bool begun_anew_when_dead = false;
  };
  /// Any thread.
  std::vector<part_view> parts() const;

  /// From here on deaths are the end that somebody asked for. Waits for a part that is being begun anew.
  void stop();

private:
  struct death {
    std::string part, what;
  };
  struct part_entry {
    std::function<void()> begin_anew;
    restart_intensity intensity;
    uint64_t deaths = 0;
  };

  void run();
  void handle(const death& each);
  void give_up(const std::string& why);

  const limits limits_;
  const end_function end_;
  std::map<std::string, part_entry> parts_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<death> deaths_;
  bool stopping_ = false, given_up_ = false;
  std::atomic<uint32_t> dead_{0};
  std::atomic<uint64_t> restarts_{0};
  std::thread thread_;
};

} // namespace millwright
