#pragma once

#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/load_source.hpp"
#include "runtime/node/node.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace millwright {

/// Latencies of pages: when a spike was handed over, and when its page came to the channel.
class page_watch {
public:
  explicit page_watch(const load_plant& plant) : plant_{plant} {}

  /// From the source's thread.
  void spiked(uint32_t sensor, load_source::clock::time_point at);
  /// From the channel's thread: a page as it is shown to people.
  void page(const std::string& text);
  /// Sorted, in ms, of the pages that came since the last call; and of spikes that still wait, for how long they do.
  std::vector<double> take();
  /// Spikes whose page has not come.
  size_t waiting() const;
  /// A page has come since the last `take`.
  bool came() const;

private:
  const load_plant& plant_;
  mutable std::mutex mutex_;
  std::unordered_map<uint32_t, load_source::clock::time_point> spikes_;
  std::vector<double> latencies_;
};

/// The value below which `share` of the sorted `values` lie; 0 without any.
double percentile(const std::vector<double>& values, double share);

/// A whole node, as `millwright run` has it, on a load: default settings, every rule on, metadata with limits for every
/// sensor, ledger and alarm journal in the request's directory, pages to a terminal channel that `pages` gets.
class hosted_node {
public:
  hosted_node(node_settings settings, const load_plant& plant, load_shape shape, page_watch* pages = nullptr);
  /// From the source that the settings name.
  explicit hosted_node(node_settings settings);
  ~hosted_node();

  /// The thread of the node begins to take readings.
  void start();
  /// Ends it with everything committed. Throws what the node threw, and unless all that was taken was a reading of a
  /// sensor in its place.
  void stop();
  /// Throws when the node has failed.
  void check();

  node& host() { return *node_; }
  load_source& load() { return *load_; }

  /// Where metadata and stores are is `request.directory`.
  static node_settings settings_for(const bench_request& request);

private:
  void check_accepted();

  load_source* load_ = nullptr;
  std::unique_ptr<node> node_;
  std::thread thread_;
  std::exception_ptr failed_;
  std::atomic<bool> ended_{false};
};

/// Readings a second judged between two moments.
struct rate_meter {
  explicit rate_meter(node& of) : watched{of} { restart(); }
  void restart() {
    begin = std::chrono::steady_clock::now();
    judged = watched.judged();
  }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); }
  double rate() const { return static_cast<double>(watched.judged() - judged) / seconds(); }

  node& watched;
  std::chrono::steady_clock::time_point begin;
  uint64_t judged = 0;
};

} // namespace millwright
