#include "protocol/failure.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/bench/bench_row.hpp"
#include "runtime/replay/replay.hpp"
#include "runtime/simulation/plant_files.hpp"
#include "runtime/simulation/reading_output.hpp"
#include "runtime/simulation/simulated_plant.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

namespace millwright {

namespace {

double replay_rate(const bench_request& request, const std::string& input, uint64_t readings, bool scores) {
  replay_request replaying;
  replaying.settings.sensor_types = request.sensor_types;
  replaying.settings.plant.facilities = request.directory + "/facilities.jsonl";
  replaying.settings.plant.sensors = request.directory + "/sensors.jsonl";
  replaying.inputs = {input};
  replaying.out = request.directory + "/replayed";
  for (const auto kind : result_kinds())
    if (scores || kind != result_kind::scores)
      replaying.kinds.insert(kind);
  const auto result = replay(replaying);
  std::filesystem::remove_all(replaying.out);
  if (count_of(result.summary.counters, "accepted") != readings)
    throw std::runtime_error{
        fmt::format("of {} readings {} were accepted", readings, count_of(result.summary.counters, "accepted"))};
  return static_cast<double>(readings) / result.seconds;
}

} // namespace

std::vector<bench_measure> bench_replay(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  simulation_settings settings;
  settings.sensors = request.sized(10'000u, 50u);
  settings.rate = settings.sensors;
  const simulated_plant plant{settings, types.types(), from_epoch_ms(1'767'225'600'000)};
  write_metadata(plant, request.directory);
  const std::string input = request.directory + "/readings.ndjson";
  const uint64_t readings = request.sized(300u, 5u) * plant.layout().sensors();
  {
    const auto output = write_to_file(input);
    plant_cursor cursor{plant.schedule(), 0};
    std::string line;
    for (uint64_t i = 0; i < readings; ++i, cursor.advance()) {
      line.clear();
      plant.append_reading_json(cursor.slot(), line);
      output->put({}, line, plant.arrival_of(cursor.slot()));
    }
    output->finish();
  }
  const double plain = replay_rate(request, input, readings, false);
  const double scored = replay_rate(request, input, readings, true);
  return {{"replay", plain, "readings/s", 500e3, 1e6}, {"replay-with-scores", scored, "readings/s", {}, {}}};
}

} // namespace millwright
