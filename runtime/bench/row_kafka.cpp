#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/kafka_topic.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using positions = std::map<std::string, uint64_t>;

/// Smallest share of its readings that a split was committed with at `then`, of the largest, in %.
double least_of_most(const positions& then, const positions& end) {
  double least = 1, most = 0;
  for (const auto& [split, all] : end) {
    const auto had = then.find(split);
    const double share = had == then.end() ? 0 : static_cast<double>(had->second) / static_cast<double>(all);
    least = std::min(least, share);
    most = std::max(most, share);
  }
  return most == 0 ? 0 : least / most * 100;
}

std::vector<bench_measure> from_broker(const bench_request& request, const std::string& name, uint32_t sensors,
                                       uint64_t readings) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{sensors, types};
  const kafka_topic topic{request.kafka};
  const auto history = history_phase(sensors);
  in_child([&] {
    plant.write_metadata(request.directory);
    // All of it lies behind us, as in a backlog.
    const auto lasts = history.step * static_cast<int64_t>(history.readings) +
                       nanoseconds_between(sensors) * static_cast<int64_t>(readings) + 1min;
    topic.fill(plant, history, readings, std::chrono::floor<milliseconds>(std::chrono::system_clock::now() - lasts));
  });
  const uint64_t total = history.readings + readings;
  auto settings = hosted_node::settings_for(request);
  settings.source.kind = source_kind::kafka;
  settings.source.kafka.brokers = {request.kafka};
  settings.source.kafka.topic = topic.name();
  hosted_node hosted{std::move(settings)};
  auto& node = hosted.host();
  hosted.start();
  const uint64_t begin = history.readings + readings / 10, middle = (begin + total) / 2;
  wait_for(hosted, 60s, [&] { return node.judged() >= begin; });
  rate_meter meter{node};
  const double cpu_before = cpu_seconds();
  positions then;
  uint64_t memory = 0;
  wait_for(hosted, 60s, [&] {
    if (then.empty() && node.judged() >= middle) {
      memory = anonymous_memory();
      then = node.results().load().positions;
    }
    return node.judged() >= total;
  });
  const double rate = meter.rate();
  const double cpu = (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(total - meter.judged);
  hosted.stop();
  return {{name, rate, "readings/s", 400e3, 800e3},
          {name + "-cpu", cpu, "us/reading", {}, {}, true},
          {name + "-memory", static_cast<double>(memory) / 1e6, "MB", {}, {}, true},
          {name + "-fairness",
           least_of_most(then, node.results().load().positions),
           "%",
           {},
           {},
           false,
           {},
           {},
           "the slowest partition's share of its readings, of the fastest's, half way"}};
}

} // namespace

std::vector<bench_measure> bench_kafka(const bench_request& request) {
  const uint32_t sensors = request.sized(10'000u, 300u);
  return from_broker(request, "kafka", sensors, request.sized(700u, 3u) * uint64_t{sensors});
}

std::vector<bench_measure> bench_kafka_many(const bench_request& request) {
  const uint32_t sensors = request.sized(125'000u, 600u);
  return from_broker(request, "kafka-125000", sensors, request.sized(40u, 3u) * uint64_t{sensors});
}

} // namespace millwright
