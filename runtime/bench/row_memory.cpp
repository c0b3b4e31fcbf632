#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

/// A plant whose stores are made elsewhere, so that nothing but the node's own life is in this process's memory.
struct memory_run {
  memory_run(const bench_request& request, std::string name, uint32_t sensors)
      : request{request}, name{std::move(name)}, types{load_sensor_types(request.sensor_types)}, plant{sensors, types} {
  }

  /// RssAnon at its largest in `lasts`, once all of `phases` but the last are over and `settle` has passed.
  std::vector<bench_measure> measure(milliseconds settle, milliseconds lasts) {
    const uint64_t before = anonymous_memory();
    hosted_node hosted{hosted_node::settings_for(request), plant, shape};
    hosted.start();
    wait_for(hosted, 60s, [&] { return hosted.load().phase() + 1 == shape.phases.size(); });
    uint64_t most = 0, least = UINT64_MAX, log = 0;
    const auto from = steady::now() + settle;
    for (auto now = steady::now(); now < from + lasts; now = steady::now()) {
      if (now >= from) {
        const uint64_t held = anonymous_memory();
        most = std::max(most, held);
        least = std::min(least, held);
        log = std::max(log, hosted.host().status().log_bytes.load());
      }
      std::this_thread::sleep_for(50ms);
      hosted.check();
    }
    const auto now = steady::now();
    const auto offered = static_cast<double>(hosted.load().offered(now)),
               handed = static_cast<double>(hosted.load().handed());
    hosted.stop();
    const auto each = [&](uint64_t bytes) { return static_cast<double>(bytes) / plant.sensors(); };
    return {{name, each(most), "B/sensor", 4096, 3072, true, each(least), each(most), "all of RssAnon"},
            {name + "-before", each(before), "B/sensor", {}, {}, true, {}, {}, "in it, before the node"},
            {name + "-log", each(log), "B/sensor", {}, {}, true, {}, {}, "in it, readings that are not committed"},
            {name + "-behind", std::max(0.0, offered - handed), "readings", {}, {}, true}};
  }

  const bench_request& request;
  std::string name;
  sensor_type_table types;
  load_plant plant;
  load_shape shape;
};

} // namespace

// A plant that has run for a quarter of an hour at 1 Hz is restarted, and goes on at 1 Hz.
std::vector<bench_measure> bench_memory(const bench_request& request) {
  memory_run run{request, "memory-125000", request.sized(125'000u, 300u)};
  const auto sensors = run.plant.sensors();
  run.shape = prepared_load(request, run.plant);
  run.shape.phases = {{load_phase::endless, nanoseconds_between(sensors), static_cast<double>(sensors)}};
  return run.measure(request.tiny ? 50ms : 28s, request.tiny ? 50ms : 12s);
}

// No restart: six minutes of event time at the rate of 1 Hz, each sensor every 30 s, then 1 Hz.
std::vector<bench_measure> bench_memory_grown(const bench_request& request) {
  memory_run run{request, "memory-grown-125000", request.sized(125'000u, 300u)};
  const auto sensors = run.plant.sensors();
  in_child([&] { run.plant.write_metadata(request.directory); });
  auto history = history_phase(sensors);
  history.rate = request.sized(static_cast<double>(sensors), 20'000.0);
  run.shape.phases = {history, {load_phase::endless, nanoseconds_between(sensors), static_cast<double>(sensors)}};
  return run.measure(request.tiny ? 50ms : 28s, request.tiny ? 50ms : 12s);
}

// A million at 1 Hz would be more than a node carries: each sensor reports every 10 s.
std::vector<bench_measure> bench_memory_million(const bench_request& request) {
  memory_run run{request, "memory-1000000", request.sized(1'000'000u, 1000u)};
  const double rate = static_cast<double>(run.plant.sensors()) / 10;
  run.shape = prepared_load(request, run.plant, 10s);
  run.shape.phases = {{load_phase::endless, nanoseconds_between(rate), rate}};
  return run.measure(request.tiny ? 50ms : 10s, request.tiny ? 50ms : 8s);
}

} // namespace millwright
