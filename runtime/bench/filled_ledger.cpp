#include "runtime/bench/filled_ledger.hpp"

#include "actors/sensor/sensor_model.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/parse/reading_parser.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr size_t sensors_a_commit = 100'000;
constexpr milliseconds lasts = 15min;

/// Sensors whose numbers are equal modulo this share a learned state: it names the split as well.
uint32_t different_states() {
  return std::lcm(load_plant::models, uint32_t{load_shape{}.splits});
}

/// The reading as a node has it that parsed its text: whose values are the decimals that are in that.
reading as_sent(const load_plant& plant, reading_parser& parser, uint32_t sensor, uint64_t turn, event_time at) {
  std::string text;
  plant.append_json(text, sensor, turn, at);
  const auto parsed = parser.parse(text.data(), text.size(), {}, std::nullopt);
  if (!parsed.accepted())
    throw std::runtime_error{"a reading of the plant is rejected: " + std::string{parsed.detail}};
  auto out = plant.reading_of(sensor, turn, at);
  out.value = parsed.value;
  out.quality = parsed.quality;
  return out;
}

std::vector<std::string> learned_states(const bench_request& request, const load_plant& plant, event_time end,
                                        milliseconds interval) {
  const auto types = load_sensor_types(request.sensor_types);
  const detection_settings settings;
  const rule_book book{&settings, &types.types()};
  reading_parser parser{types};
  const auto rounds = request.sized(lasts / interval, std::min<int64_t>(60, lasts / interval));
  std::vector<std::string> out;
  for (uint32_t i = 0; i < std::min(different_states(), plant.sensors()); ++i) {
    const auto context = plant.context_of(i);
    sensor_model model{book};
    sensor_output output;
    event_time newest = never;
    for (int64_t round = 0; round < rounds; ++round) {
      const auto at = end - (rounds - round) * interval;
      auto next = as_sent(plant, parser, i, static_cast<uint64_t>(round), at);
      next.watermark = next.closing = newest;
      // The activity clock of a split that the ledger does not know begins at 0.
      next.activity = milliseconds{0};
      next.position = static_cast<uint64_t>(round);
      next.split = static_cast<uint16_t>(i % load_shape{}.splits);
      next.context = &context;
      newest = at;
      model.take(next, output);
      output.clear();
    }
    model.encode(out.emplace_back());
  }
  return out;
}

void fill_ledger(const bench_request& request, const load_plant& plant, const std::vector<std::string>& states) {
  std::vector<std::pair<std::string, uint32_t>> keys;
  for (uint32_t i = 0; i < plant.sensors(); ++i)
    keys.emplace_back(ledger_key({{load_plant::facility_id_of(i)}, {load_plant::sensor_id_of(i)}}), i);
  std::sort(keys.begin(), keys.end());
  const auto settings = hosted_node::settings_for(request).ledger;
  lmdb_ledger ledger{settings.path, settings};
  uint64_t number = ledger.load().number;
  for (size_t from = 0; from < keys.size(); from += sensors_a_commit) {
    ledger_commit batch;
    batch.number = ++number;
    for (size_t i = from; i < std::min(keys.size(), from + sensors_a_commit); ++i)
      batch.sensors.push_back({keys[i].first, states[keys[i].second % states.size()]});
    ledger.commit(batch);
  }
}

} // namespace

void in_child(const std::function<void()>& work) {
  int ends[2];
  if (pipe(ends) != 0)
    throw std::runtime_error{std::strerror(errno)};
  const pid_t child = fork();
  if (child < 0)
    throw std::runtime_error{std::strerror(errno)};
  if (child == 0) {
    close(ends[0]);
    int code = 0;
    try {
      work();
    } catch (const std::exception& problem) {
      code = 1;
      dprintf(ends[1], "%s", problem.what());
    }
    _exit(code);
  }
  close(ends[1]);
  std::string words;
  char text[512];
  for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0;)
    words.append(text, static_cast<size_t>(n));
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error{words.empty() ? "the child that prepares the run died" : words};
}

void prepare_plant(const bench_request& request, const load_plant& plant, event_time end, milliseconds interval) {
  in_child([&] {
    plant.write_metadata(request.directory);
    // A node for a moment, for split clocks, the source's name, and metadata in the journal. It knows few sensors: to
    // end one of a million takes long.
    load_shape shape;
    shape.start = end;
    const uint64_t readings = request.sized(1000u, 100u);
    shape.phases = {{readings, std::chrono::nanoseconds{500ms} / static_cast<int64_t>(readings), 0}};
    {
      hosted_node hosted{hosted_node::settings_for(request), plant, shape};
      hosted.start();
      wait_for(hosted, 60s, [&] { return hosted.host().status().finished.load(); });
      hosted.stop();
    }
    fill_ledger(request, plant, learned_states(request, plant, end, interval));
  });
}

load_shape prepared_load(const bench_request& request, const load_plant& plant, milliseconds interval) {
  load_shape out;
  prepare_plant(request, plant, out.start, interval);
  out.scattered = true;
  out.start += 1s;
  return out;
}

} // namespace millwright
