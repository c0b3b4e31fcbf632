#include "runtime/bench/load_source.hpp"

#include "runtime/parse/reading_parser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace load_source_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const sensor_type_table& types() {
  static const auto table = load_sensor_types("config/sensor-types.yaml");
  return table;
}

} // namespace

TEST_CASE("every reading of the load is accepted, as the plant says it is") {
  const load_plant plant{50, types()};
  reading_parser parser{types()};
  std::string text;
  for (uint32_t sensor = 0; sensor < plant.sensors(); ++sensor)
    for (const uint64_t turn : {0, 7, 12'345}) {
      text.clear();
      const auto at = from_epoch_ms(1'767'225'600'123 + static_cast<int64_t>(turn));
      plant.append_json(text, sensor, turn, at);
      CAPTURE(text);
      const auto outcome = parser.parse(text.data(), text.size(), {}, at);
      REQUIRE(outcome.accepted());
      CHECK(outcome.sensor_id == load_plant::sensor_id_of(sensor));
      CHECK(outcome.facility_id == load_plant::facility_id_of(sensor));
      CHECK(outcome.time == at);
      CHECK_FALSE(outcome.unknown_type);
      const auto expected = plant.reading_of(sensor, turn, at);
      CHECK(outcome.type == expected.type);
      CHECK(outcome.quality == doctest::Approx(expected.quality));
      CHECK(std::fabs(outcome.value - expected.value) < 0.002);
      const auto limits = plant.context_of(sensor).thresholds;
      CHECK(outcome.value > limits.low);
      CHECK(outcome.value < limits.high);
      CHECK(plant.sensor_of_id(outcome.sensor_id) == sensor);
    }
  CHECK(plant.sensor_of_id("TI-0000050") == 50);
  CHECK(plant.sensor_of_id("TI-1") == 50);
}

TEST_CASE("a spike is beyond the high_high limit") {
  const load_plant plant{50, types()};
  reading_parser parser{types()};
  std::string text;
  for (uint32_t sensor = 0; sensor < plant.sensors(); ++sensor) {
    text.clear();
    plant.append_json(text, sensor, 3, from_epoch_ms(1'767'225'600'000), true);
    const auto outcome = parser.parse(text.data(), text.size(), {}, std::nullopt);
    REQUIRE(outcome.accepted());
    CHECK(outcome.value > plant.context_of(sensor).thresholds.high_high);
  }
}

TEST_CASE("each sensor reports once a round, time rises, positions rise within their split") {
  const load_plant plant{30, types()};
  load_shape shape;
  shape.splits = 4;
  shape.phases = {{60, 1s, 0}, {30, 100ms, 0}};
  shape.spike_every = 7;
  shape.spikes_from = 1;
  size_t spikes = 0;
  load_source source{plant, shape, [&](uint32_t, auto) { ++spikes; }};
  reading_parser parser{types()};
  record_batch batch;
  std::vector<std::string> ids;
  std::vector<event_time> times;
  std::map<uint16_t, uint64_t> next;
  while (!source.finished()) {
    source.poll(batch, 11, 0ms);
    for (const auto& record : batch.records) {
      CHECK(record.position == next[record.split]++);
      const auto outcome = parser.parse(record.data, record.size, record.key, record.arrival);
      REQUIRE(outcome.accepted());
      CHECK(outcome.time == *record.arrival);
      CHECK(outcome.time == source.time_of(ids.size()));
      ids.emplace_back(outcome.sensor_id);
      times.push_back(outcome.time);
    }
  }
  REQUIRE(ids.size() == 90);
  for (size_t round = 0; round < 3; ++round)
    CHECK(std::set<std::string>(ids.begin() + static_cast<std::ptrdiff_t>(round * 30),
                                ids.begin() + static_cast<std::ptrdiff_t>(round * 30 + 30))
              .size() == 30);
  CHECK(std::is_sorted(times.begin(), times.end()));
  CHECK(times[59] - times[0] == 59s);
  CHECK(times[61] - times[60] == 100ms);
  CHECK(spikes == 4);
  CHECK(source.handed() == 90);
}

TEST_CASE("a paced phase is offered at its rate, however slowly it is taken") {
  const load_plant plant{30, types()};
  load_shape shape;
  shape.phases = {{30, 1s, 0}, {1000, 1ms, 500}, {load_phase::endless, 1ms, 100}};
  load_source source{plant, shape};
  record_batch batch;
  CHECK(source.due(30) == load_source::clock::time_point{});
  source.poll(batch, 100, 0ms);
  CHECK(batch.records.size() == 30);
  source.poll(batch, 100, 0ms);
  const auto begin = source.due(30);
  REQUIRE(begin != load_source::clock::time_point{});
  CHECK(source.due(530) - begin == 1s);
  CHECK(source.due(1030) - begin == 2s);
  CHECK(source.due(1130) - begin == 3s);
  CHECK(source.offered(begin + 1s) == 530);
  CHECK(source.offered(begin + 3s) == 1130);
}

TEST_CASE("spikes come in their phases only, each sensor's once until all have had one") {
  const load_plant plant{30, types()};
  load_shape shape;
  shape.phases = {{30, 1s, 0}, {300, 1s, 0}, {60, 1s, 0}};
  // Of 30 sensors every tenth reading would be the same three's.
  shape.spike_every = 10;
  shape.spikes_from = 1;
  shape.spikes_until = 2;
  std::vector<uint32_t> spiked;
  std::set<size_t> phases;
  load_source* asked = nullptr;
  load_source source{plant, shape, [&](uint32_t sensor, auto) {
                       spiked.push_back(sensor);
                       phases.insert(asked->phase());
                     }};
  asked = &source;
  record_batch batch;
  while (!source.finished())
    source.poll(batch, 7, 0ms);
  CHECK(spiked.size() >= 25);
  CHECK(std::set(spiked.begin(), spiked.end()).size() == spiked.size());
  CHECK(phases == std::set<size_t>{1});
}

TEST_CASE("positions go on where the ledger's end, and the order is scattered from the start where that is asked for") {
  const load_plant plant{20, types()};
  load_shape shape;
  shape.splits = 4;
  shape.phases = {{20, 1s, 0}};
  shape.scattered = true;
  load_source source{plant, shape};
  source.start({{"load/1", 70}});
  reading_parser parser{types()};
  record_batch batch;
  source.poll(batch, 20, 0ms);
  REQUIRE(batch.records.size() == 20);
  std::map<uint16_t, uint64_t> next{{1, 70}};
  std::vector<std::string> ids;
  for (const auto& record : batch.records) {
    CHECK(record.position == next[record.split]++);
    ids.emplace_back(parser.parse(record.data, record.size, record.key, record.arrival).sensor_id);
  }
  CHECK(std::set(ids.begin(), ids.end()).size() == 20);
  uint32_t in_order = 0;
  for (uint32_t i = 0; i < 20; ++i)
    in_order += ids[i] == load_plant::sensor_id_of(i);
  CHECK(in_order < 8);
}

} // namespace load_source_test
