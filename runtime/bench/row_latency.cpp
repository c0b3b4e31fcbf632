#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

uint64_t readings_in(double rate, double seconds) {
  return static_cast<uint64_t>(rate * seconds);
}

void add_percentiles(std::vector<bench_measure>& out, const std::string& name, const std::vector<double>& latencies,
                     double target, double goal) {
  if (latencies.empty())
    throw std::runtime_error{"no page came to the channel"};
  out.push_back({name + "-p50", percentile(latencies, 0.5), "ms", {}, {}, true});
  out.push_back({name + "-p99", percentile(latencies, 0.99), "ms", target, goal, true});
  out.push_back({name + "-p99.9", percentile(latencies, 0.999), "ms", {}, {}, true});
  out.push_back({name + "-pages", static_cast<double>(latencies.size()), "pages", {}, {}});
}

} // namespace

std::vector<bench_measure> bench_latency(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double rate = request.sized(167e3, 2000.0), settling = request.sized(6.0, 0.2);
  load_shape shape;
  shape.phases = {history_phase(plant.sensors()),
                  {readings_in(rate, settling), nanoseconds_between(rate), rate},
                  {load_phase::endless, nanoseconds_between(rate), rate}};
  // 50 alarms a second.
  shape.spike_every = static_cast<uint64_t>(rate / 50);
  shape.spikes_from = 2;
  page_watch pages{plant};
  hosted_node hosted{request, plant, shape, &pages};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() == 2; });
  const auto begin = steady::now();
  while (steady::now() - begin < (request.tiny ? 1s : 40s)) {
    std::this_thread::sleep_for(10ms);
    hosted.check();
  }
  const auto now = steady::now();
  const auto behind = static_cast<double>(hosted.load().offered(now) - hosted.load().handed());
  const auto latencies = pages.take();
  hosted.stop();
  hosted.check_accepted();
  std::vector<bench_measure> out;
  add_percentiles(out, "latency", latencies, 50, 10);
  out.push_back({"latency-backlog", behind, "readings", {}, {}, true});
  return out;
}

std::vector<bench_measure> bench_overload(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double usual = request.sized(167e3, 2000.0), flood = 10 * usual, lasts = request.sized(30.0, 0.3);
  load_shape shape;
  shape.phases = {history_phase(plant.sensors()),
                  {readings_in(usual, request.sized(5.0, 0.2)), nanoseconds_between(usual), usual},
                  {readings_in(flood, lasts), nanoseconds_between(flood), flood},
                  {load_phase::endless, nanoseconds_between(usual), usual}};
  shape.spike_every = request.sized(10'000u, 100u);
  shape.spikes_from = 2;
  page_watch pages{plant};
  hosted_node hosted{request, plant, shape, &pages};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() >= 1; });
  const uint64_t memory_before = anonymous_memory();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() >= 2; });
  const auto begin = steady::now();
  const auto flood_ends = begin + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(lasts));
  uint64_t memory = 0, most_behind = 0;
  std::vector<double> latencies;
  double drained_after = 0, rate = 0;
  rate_meter meter{hosted.host()};
  for (;;) {
    std::this_thread::sleep_for(20ms);
    hosted.check();
    memory = std::max(memory, anonymous_memory());
    const auto now = steady::now();
    const uint64_t handed = hosted.load().handed(), offered = std::max(hosted.load().offered(now), handed);
    most_behind = std::max(most_behind, offered - handed);
    if (now < flood_ends)
      continue;
    if (latencies.empty()) {
      latencies = pages.take();
      rate = meter.rate();
    }
    // What falls due between two looks is no backlog.
    if (static_cast<double>(offered - handed) < usual / 20) {
      drained_after = std::chrono::duration<double>(now - flood_ends).count();
      break;
    }
    if (now - flood_ends > 180s)
      throw std::runtime_error{fmt::format("{} readings still wait three minutes after the flood", offered - handed)};
  }
  hosted.stop();
  hosted.check_accepted();
  std::vector<bench_measure> out;
  add_percentiles(out, "overload", latencies, 500, 50);
  out.push_back({"overload-rate", rate, "readings/s", {}, {}});
  out.push_back({"overload-backlog-most", static_cast<double>(most_behind), "readings", {}, {}, true});
  out.push_back({"overload-drained-after", drained_after, "s", {}, {}, true});
  out.push_back({"overload-memory-more",
                 static_cast<double>(memory > memory_before ? memory - memory_before : 0) / 1e6,
                 "MB",
                 {},
                 {},
                 true});
  return out;
}

} // namespace millwright
