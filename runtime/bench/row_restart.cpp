#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>
#include <chrono>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

/// A ledger that a node has written last: its metadata is in the journal, its source's name in the ledger.
void prepare(const bench_request& request, const load_plant& plant, event_time start) {
  plant.write_metadata(request.directory);
  fill_ledger(request, plant, start);
  load_shape shape;
  shape.start = start;
  shape.phases = {{request.sized(10'000u, 100u), nanoseconds_between(plant.sensors()), 0}};
  hosted_node hosted{hosted_node::settings_for(request), std::make_unique<load_source>(plant, shape)};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.host().status().finished.load(); });
  hosted.stop();
}

double restart_seconds(const bench_request& request, const load_plant& plant) {
  const load_shape first;
  prepare(request, plant, first.start);
  load_shape shape;
  shape.start = first.start + 10s;
  shape.phases = {{load_phase::endless, nanoseconds_between(plant.sensors()), request.sized(167e3, 2000.0)}};
  auto readings = std::make_unique<load_source>(plant, shape);
  const auto begin = steady::now();
  hosted_node hosted{hosted_node::settings_for(request), std::move(readings)};
  hosted.start();
  wait_for(hosted, 120s, [&] { return hosted.host().judged() > 0; });
  const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
  hosted.stop();
  return seconds;
}

/// The largest RssAnon in `seconds` at a steady rate, less that before there was a node, a sensor.
double bytes_a_sensor(hosted_node& hosted, const load_plant& plant, uint64_t before, std::chrono::milliseconds lasts) {
  uint64_t most = 0;
  for (const auto end = steady::now() + lasts; steady::now() < end;) {
    most = std::max(most, anonymous_memory());
    std::this_thread::sleep_for(20ms);
    hosted.check();
  }
  return static_cast<double>(most - std::min(most, before)) / plant.sensors();
}

} // namespace

std::vector<bench_measure> bench_restart(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 500u), types};
  return {{"restart-125000", restart_seconds(request, plant), "s", 3, 1, true}};
}

std::vector<bench_measure> bench_restart_million(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(1'000'000u, 1000u), types};
  return {{"restart-1000000", restart_seconds(request, plant), "s", 20, 8, true}};
}

std::vector<bench_measure> bench_memory(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const uint64_t before = anonymous_memory();
  // At twice the rate until every pane there can be is there; then at 1 Hz.
  const double rate = request.sized(250e3, 20'000.0);
  auto history = history_phase(plant.sensors(), 20);
  history.rate = rate;
  load_shape shape;
  shape.phases = {history,
                  {uint64_t{request.sized(60u, 3u)} * plant.sensors(), nanoseconds_between(plant.sensors()), rate},
                  {load_phase::endless, nanoseconds_between(plant.sensors()), static_cast<double>(plant.sensors())}};
  hosted_node hosted{request, plant, shape};
  hosted.start();
  wait_for(hosted, 90s, [&] { return hosted.load().phase() == 2; });
  const double bytes = bytes_a_sensor(hosted, plant, before, request.tiny ? 100ms : 10s);
  const double log = static_cast<double>(hosted.host().status().log_bytes) / plant.sensors();
  hosted.stop();
  hosted.check_accepted();
  return {{"memory-125000", bytes, "B/sensor", 4096, 3072, true}, {"memory-125000-log", log, "B/sensor", {}, {}, true}};
}

std::vector<bench_measure> bench_memory_million(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(1'000'000u, 1000u), types};
  const uint64_t before = anonymous_memory();
  plant.write_metadata(request.directory);
  load_shape shape;
  fill_ledger(request, plant, shape.start);
  shape.phases = {{load_phase::endless, nanoseconds_between(plant.sensors()), request.sized(300e3, 20'000.0)}};
  hosted_node hosted{hosted_node::settings_for(request), std::make_unique<load_source>(plant, shape)};
  hosted.start();
  const uint64_t rounds = request.sized(8u, 2u);
  wait_for(hosted, 120s, [&] { return hosted.host().judged() >= rounds * plant.sensors(); });
  const double bytes = bytes_a_sensor(hosted, plant, before, request.tiny ? 100ms : 10s);
  const double log = static_cast<double>(hosted.host().status().log_bytes) / plant.sensors();
  hosted.stop();
  hosted.check_accepted();
  return {{"memory-1000000", bytes, "B/sensor", 4096, 3072, true},
          {"memory-1000000-log", log, "B/sensor", {}, {}, true}};
}

} // namespace millwright
