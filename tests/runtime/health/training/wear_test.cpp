#include "runtime/health/training/model_training.hpp"
#include "runtime/health/training/training_report.hpp"
#include "runtime/simulation/counter_noise.hpp"
#include "runtime/simulation/plant_files.hpp"
#include "tests/runtime/health/training/labelled_file.hpp"

#include <doctest/doctest.h>

namespace wear_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr event_time plant_start = from_epoch_ms(1'767'225'600'000);

/// Two days of forty machines, three vibrations and three temperatures each. The bearings of three in four wear out,
/// each at its own time, over 10 to 25 h; at the end they shake eight to sixteen times as much. The others stay sound.
simulation_settings wearing_plant(const std::vector<sensor_type>& types) {
  simulation_settings out;
  out.sensors = 240;
  out.facilities = 3;
  out.seed = 11;
  out.interval = milliseconds{60'000};
  out.mix = {{"vibration", 1}, {"temperature", 1}};
  const plant_layout layout{out, types};
  for (uint32_t unit = 0; unit < out.sensors / plant_layout::sensors_of_unit; ++unit) {
    if (unit % 4 == 3)
      continue;
    uint32_t sensor = unit * plant_layout::sensors_of_unit;
    while (layout.type_of(sensor).name != "vibration")
      ++sensor;
    const auto name = layout.facilities()[layout.facility_of(sensor)].id.text + "/" + layout.sensor_id_of(sensor);
    const double begin = 20 * unit_uniform(mix64(unit, 1)), lasts = 10 + 15 * unit_uniform(mix64(unit, 2));
    out.faults.push_back({"bearing_wear", name, milliseconds{static_cast<int64_t>(begin * 3'600'000)},
                          milliseconds{static_cast<int64_t>(lasts * 3'600'000)},
                          10 + 10 * unit_uniform(mix64(unit, 3))});
  }
  return out;
}

} // namespace

TEST_CASE("trained with the simulated wear of some machines, a model finds the hidden health of others") {
  const training_directory files;
  const auto types = load_sensor_types({});
  const auto settings = wearing_plant(types.types());
  const simulated_plant plant{settings, types.types(), plant_start};
  write_metadata(plant, files / "plant");
  std::string lines;
  plant_cursor cursor{plant.schedule(), 0};
  for (const auto end = plant.ticks_before(plant_start + std::chrono::days{2}); cursor.slot().tick < end;
       cursor.advance())
    if (plant.layout().type_of(cursor.slot().sensor).name == "vibration" &&
        plant.append_labelled_json(cursor.slot().tick, lines))
      lines += '\n';
  node_settings node;
  node.plant.facilities = files / "plant/facilities.jsonl";
  node.plant.sensors = files / "plant/sensors.jsonl";
  const auto readings = read_labelled({node, types, *types.find("vibration"), {files.write("plant.ndjson", lines)}});
  CHECK(readings.machines.size() == 40);
  CHECK(readings.refused == 0);
  for (const auto kind : {model_kind::boosted, model_kind::forest})
    for (const uint64_t seed : {1, 2}) {
      training_request request;
      request.sensor_type = std::string{"vibration"};
      request.how.kind = kind;
      request.how.seed = seed;
      const auto result = train_model(readings, request);
      CAPTURE(to_text(readings, result));
      CHECK(result.held_out.size() == 10);
      CHECK(result.model.held_out.r2 >= 0.8);
      CHECK(result.importance[0] > 0.8);
    }
}

} // namespace wear_test
