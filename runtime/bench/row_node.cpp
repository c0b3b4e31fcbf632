#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/kafka_topic.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

/// The source's own cost: how many readings a second it makes when nobody does anything with them.
double source_rate(const load_plant& plant, double seconds) {
  load_source alone{plant, load_shape{}};
  record_batch batch;
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  do
    alone.poll(batch, 4096, 20ms);
  while (passed() < seconds);
  return static_cast<double>(alone.handed()) / passed();
}

struct sustained {
  double rate, lowest, highest;
  /// Microseconds of processor time a reading, the source's included.
  double cpu;
};

/// A node flat out on a plant whose sensors together report 125,000 times a second of event time.
sustained node_rate(const bench_request& request, const load_plant& plant, double total, double seconds) {
  load_shape shape;
  shape.phases = {history_phase(plant.sensors()), {load_phase::endless, nanoseconds_between(total), 0}};
  hosted_node hosted{request, plant, shape};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() == 1 && hosted.host().status().commits > 0; });
  rate_meter whole{hosted.host()}, slice{hosted.host()};
  sustained out{0, 0, 0, 0};
  const double cpu_before = cpu_seconds();
  const uint64_t judged_before = whole.judged;
  while (whole.seconds() < seconds) {
    std::this_thread::sleep_for(5ms);
    hosted.check();
    if (slice.seconds() < std::min(5.0, seconds / 2))
      continue;
    const double rate = slice.rate();
    out.lowest = out.lowest == 0 ? rate : std::min(out.lowest, rate);
    out.highest = std::max(out.highest, rate);
    slice.restart();
  }
  out.rate = whole.rate();
  out.cpu = (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(hosted.host().judged() - judged_before);
  hosted.stop();
  hosted.check_accepted();
  return out;
}

} // namespace

std::vector<bench_measure> bench_node(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double made = source_rate(plant, request.sized(2.0, 0.01));
  const auto rate = node_rate(request, plant, plant.sensors(), request.sized(50.0, 0.2));
  return {{"node", rate.rate, "readings/s", 500e3, 1e6, false, rate.lowest, rate.highest},
          {"node-cpu", rate.cpu, "us/reading", {}, {}, true},
          {"node-source-alone", made, "readings/s", {}, {}}};
}

std::vector<bench_measure> bench_sensors(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const double seconds = request.sized(20.0, 0.2), total = request.sized(125e3, 300.0);
  double rates[2];
  for (const int i : {0, 1}) {
    auto each = request;
    each.directory += i == 0 ? "/few" : "/many";
    const load_plant plant{request.sized(i == 0 ? 12'500u : 125'000u, i == 0 ? 30u : 300u), types};
    rates[i] = node_rate(each, plant, total, seconds).rate;
  }
  return {{"sensors-kept", rates[1] / rates[0] * 100, "%", 80, 95},
          {"sensors-12500", rates[0], "readings/s", {}, {}},
          {"sensors-125000", rates[1], "readings/s", {}, {}}};
}

std::vector<bench_measure> bench_kafka(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  plant.write_metadata(request.directory);
  const auto start = align_down(std::chrono::floor<milliseconds>(std::chrono::system_clock::now()), 60s) - 15min;
  const kafka_topic topic{request.kafka};
  const uint64_t total =
      topic.fill(plant, history_phase(plant.sensors()), request.sized(40u, 3u) * plant.sensors(), start);
  auto settings = hosted_node::settings_for(request);
  settings.source.kind = source_kind::kafka;
  settings.source.kafka.brokers = {request.kafka};
  settings.source.kafka.topic = topic.name();
  hosted_node hosted{std::move(settings), nullptr};
  hosted.start();
  const uint64_t begin = total / 5;
  wait_for(hosted, 120s, [&] { return hosted.host().judged() >= begin; });
  rate_meter meter{hosted.host()};
  wait_for(hosted, 120s, [&] { return hosted.host().judged() >= total; });
  const double rate = meter.rate();
  hosted.stop();
  hosted.check_accepted();
  return {{"kafka", rate, "readings/s", 400e3, 800e3}};
}

} // namespace millwright
