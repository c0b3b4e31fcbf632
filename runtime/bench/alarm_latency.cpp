#include "runtime/bench/alarm_latency.hpp"

#include "runtime/bench/load_history.hpp"

#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

load_phase readings_for(double seconds, double rate) {
  return {static_cast<uint64_t>(rate * seconds), nanoseconds_between(rate), rate, 0};
}

void wait_for_pages(hosted_node& hosted, page_watch& pages) {
  const auto deadline = load_source::clock::now() + 2s;
  while (pages.waiting() > 0 && load_source::clock::now() < deadline) {
    hosted.check();
    std::this_thread::sleep_for(1ms);
  }
}

void add_latencies(std::vector<bench_measure>& out, const std::string& name, page_watch& pages, double target,
                   double goal) {
  const size_t missing = pages.waiting();
  const auto latencies = pages.take();
  if (latencies.size() <= missing)
    throw std::runtime_error{"no page came to the channel"};
  out.push_back({name + "-p50", percentile(latencies, 0.5), "ms", {}, {}, true});
  out.push_back({name + "-p99", percentile(latencies, 0.99), "ms", target, goal, true});
  out.push_back({name + "-p99.9", percentile(latencies, 0.999), "ms", {}, {}, true});
  out.push_back({name + "-longest", latencies.back(), "ms", {}, {}, true});
  out.push_back({name + "-alarms", static_cast<double>(latencies.size()), "alarms", {}, {}});
  out.push_back({name + "-missing", static_cast<double>(missing), "alarms", {}, {}, true});
}

} // namespace millwright
