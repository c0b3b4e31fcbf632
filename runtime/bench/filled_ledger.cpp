#include "runtime/bench/filled_ledger.hpp"

#include "actors/sensor/sensor_model.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr size_t sensors_a_commit = 100'000;

std::vector<std::string> learned_states(const bench_request& request, const load_plant& plant, event_time end) {
  const auto types = load_sensor_types(request.sensor_types);
  const detection_settings settings;
  const rule_book book{&settings, &types.types()};
  const uint64_t rounds = request.sized(900u, 60u);
  std::vector<std::string> out;
  for (uint32_t i = 0; i < std::min(load_plant::models, plant.sensors()); ++i) {
    const auto context = plant.context_of(i);
    sensor_model model{book};
    sensor_output output;
    event_time newest = never;
    for (uint64_t round = 0; round < rounds; ++round) {
      const auto at = end - milliseconds{static_cast<int64_t>(rounds - round) * 1000};
      auto next = plant.reading_of(i, round, at);
      next.watermark = next.closing = newest;
      next.activity = milliseconds{static_cast<int64_t>(round) * 1000};
      next.position = round;
      next.context = &context;
      newest = at;
      model.take(next, output);
      output.clear();
    }
    model.encode(out.emplace_back());
  }
  return out;
}

} // namespace

void fill_ledger(const bench_request& request, const load_plant& plant, event_time end) {
  const auto states = learned_states(request, plant, end);
  std::vector<std::pair<std::string, uint32_t>> keys;
  for (uint32_t i = 0; i < plant.sensors(); ++i)
    keys.emplace_back(ledger_key({{load_plant::facility_id_of(i)}, {load_plant::sensor_id_of(i)}}), i);
  std::sort(keys.begin(), keys.end());
  const auto settings = hosted_node::settings_for(request).ledger;
  lmdb_ledger ledger{settings.path, settings};
  uint64_t number = 0;
  for (size_t from = 0; from < keys.size(); from += sensors_a_commit) {
    ledger_commit batch;
    batch.number = ++number;
    for (size_t i = from; i < std::min(keys.size(), from + sensors_a_commit); ++i)
      batch.sensors.push_back({keys[i].first, states[keys[i].second % states.size()]});
    ledger.commit(batch);
  }
}

} // namespace millwright
