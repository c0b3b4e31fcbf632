#include "tests/runtime/simulation/plant_for_tests.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/counter_noise.hpp"

#include <random>
#include <set>

namespace simulated_plant_test {

using namespace millwright;

TEST_CASE("the same seed gives the same bytes and another seed others") {
  const auto settings = small_plant();
  const simulated_plant one{settings, shipped_types(), plant_start}, two{settings, shipped_types(), plant_start};
  const simulated_plant other{small_plant(60, 8), shipped_types(), plant_start};
  const auto lines = lines_of(one, 0, 5000);
  CHECK(lines.size() > 500'000);
  CHECK(lines == lines_of(two, 0, 5000));
  CHECK(lines != lines_of(other, 0, 5000));
}

TEST_CASE("any tick alone is the same as in the sequence, with faults and across intervals") {
  auto settings = small_plant(97);
  for (int i = 0; i < fault_kind_count; ++i)
    settings.faults_per_day[std::string{name_of(static_cast<fault_kind>(i))}] = 3;
  for (const double rate : {0.0, 333.0}) {
    settings.rate = rate;
    const simulated_plant plant{settings, shipped_types(), plant_start};
    plant_cursor cursor{plant.schedule(), 0};
    std::mt19937_64 random{5};
    for (uint64_t tick = 0; tick < 60'000; ++tick, cursor.advance()) {
      REQUIRE(cursor.slot().tick == tick);
      if (random() % 7)
        continue;
      std::string walked, alone;
      const bool has = plant.append_reading_json(cursor.slot(), walked);
      REQUIRE(plant.append_reading_json(tick, alone) == has);
      REQUIRE(walked == alone);
    }
  }
}

TEST_CASE("the log can be taken up again at any tick, days later too") {
  const simulated_plant plant{small_plant(200), shipped_types(), plant_start};
  std::mt19937_64 random{9};
  for (int i = 0; i < 300; ++i) {
    const uint64_t tick = random() % (i % 2 ? 3'000ull : 2'000'000'000ull);
    plant_cursor cursor{plant.schedule(), tick};
    for (uint64_t next = tick; next < tick + 300; ++next, cursor.advance()) {
      const auto alone = plant.schedule().at(next);
      REQUIRE(cursor.slot().tick == next);
      REQUIRE(cursor.slot().sensor == alone.sensor);
      REQUIRE(cursor.slot().cycle == alone.cycle);
      REQUIRE(cursor.slot().at == alone.at);
    }
  }
}

TEST_CASE("the log is ordered by arrival and holds every reading of every sensor once") {
  const simulated_plant plant{small_plant(150), shipped_types(), plant_start};
  plant_cursor cursor{plant.schedule(), 0};
  std::vector<uint64_t> next(150, 0);
  int64_t last = 0;
  for (int i = 0; i < 200'000; ++i, cursor.advance()) {
    const auto& slot = cursor.slot();
    REQUIRE(slot.at >= last);
    last = slot.at;
    REQUIRE(slot.cycle == next[slot.sensor]++);
    REQUIRE(slot.at == plant.schedule().time_of(slot.sensor, slot.cycle));
  }
  for (uint32_t i = 0; i < 150; ++i)
    CHECK(plant.schedule().time_of(i, next[i]) >= last);
  CHECK(plant.ticks_before(plant.arrival_of(cursor.slot())) <= 200'000);
  CHECK(plant.ticks_before(plant.arrival_of(cursor.slot()) + milliseconds{1}) > 200'000);
}

TEST_CASE("the rate is the configured one") {
  for (const double rate : {10.0, 333.3, 90'000.0}) {
    auto settings = small_plant(1000);
    settings.rate = rate;
    const simulated_plant plant{settings, shipped_types(), plant_start};
    const double in_an_hour = static_cast<double>(plant.ticks_before(plant_start + std::chrono::hours{1}));
    CHECK(in_an_hour == doctest::Approx(rate * 3600).epsilon(0.001));
  }
  auto settings = small_plant(10);
  settings.rate = 10'001;
  CHECK_THROWS_AS(simulated_plant(settings, shipped_types(), plant_start), failure);
}

TEST_CASE("intervals go from one second to a quarter of an hour where no rate is set") {
  const simulated_plant plant{small_plant(1000), shipped_types(), plant_start};
  std::set<int64_t> intervals;
  for (uint32_t i = 0; i < 1000; ++i)
    intervals.insert(plant.schedule().interval_of(i) / 1'000'000'000);
  CHECK(*intervals.begin() == 1);
  CHECK(*intervals.rbegin() == 900);
  CHECK(intervals.size() >= 6);
}

TEST_CASE("a healthy day is JSON, in the physical range and inside the limits") {
  const simulated_plant plant{small_plant(600), shipped_types(), plant_start};
  const auto& layout = plant.layout();
  std::set<std::string> types;
  size_t bytes = 0, count = 0;
  for (uint32_t sensor = 0; sensor < layout.sensors(); ++sensor) {
    const auto& type = layout.type_of(sensor);
    types.insert(type.name);
    const auto limits = layout.thresholds_of(sensor, plant.schedule().interval_of(sensor) / 1'000'000);
    CAPTURE(type.name);
    CAPTURE(limits.low_low);
    CAPTURE(limits.high_high);
    if (layout.analog(sensor)) {
      REQUIRE(limits.low_low < limits.low);
      REQUIRE(limits.low < limits.high);
      REQUIRE(limits.high < limits.high_high);
      REQUIRE(limits.high_high <= type.range_max);
      REQUIRE(limits.low_low >= type.range_min);
      // Steps of the instrument must not hide the noise, or the sensor looks stuck.
      REQUIRE(layout.sensor(sensor).sigma >= type.resolution);
    }
    const int64_t seconds = std::min<int64_t>(86'400, plant.schedule().interval_of(sensor) / 1'000'000'000 * 700);
    for (const auto& each : readings_of(plant, sensor, seconds)) {
      CAPTURE(each.line);
      REQUIRE(each.parsed);
      REQUIRE(std::abs(each.shown - each.arrived) < 0.0011);
      REQUIRE(each.value >= type.range_min);
      REQUIRE(each.value <= type.range_max);
      REQUIRE_FALSE(each.value >= limits.high);
      REQUIRE_FALSE(each.value <= limits.low);
      REQUIRE(each.quality > 0.9);
      REQUIRE(each.quality <= 1);
      bytes += each.line.size();
      ++count;
    }
  }
  CHECK(types.size() == shipped_types().size());
  MESSAGE("bytes a reading: ", bytes / count);
}

TEST_CASE("no healthy sensor repeats a value for two minutes and more than ten readings") {
  const simulated_plant plant{small_plant(600), shipped_types(), plant_start};
  for (uint32_t sensor = 0; sensor < 600; ++sensor) {
    if (!plant.layout().analog(sensor))
      continue;
    int equal = 0, most = 0;
    double last = absent;
    for (const auto& each : readings_of(plant, sensor, plant.schedule().interval_of(sensor) / 1'000'000'000 * 600)) {
      equal = each.value == last ? equal + 1 : 1;
      last = each.value;
      most = std::max(most, equal);
    }
    CAPTURE(plant.layout().type_of(sensor).name);
    CHECK(most <= 10);
  }
}

TEST_CASE("noise has mean 0, variance 1 and tails") {
  double sum = 0, squares = 0, most = 0;
  const int n = 2'000'000;
  for (int i = 0; i < n; ++i) {
    const uint64_t bits = mix64(3, static_cast<uint64_t>(i));
    const double z = unit_normal(bits, mix64(bits));
    sum += z;
    squares += z * z;
    most = std::max(most, std::abs(z));
  }
  CHECK(std::abs(sum / n) < 0.005);
  CHECK(squares / n == doctest::Approx(1).epsilon(0.01));
  CHECK(most > 4.3);
  CHECK(most < 6);
}

TEST_CASE("the mix is kept, and a wrong type is named") {
  auto settings = small_plant(1000);
  settings.mix = {{"temperature", 3}, {"vibration", 1}};
  const simulated_plant plant{settings, shipped_types(), plant_start};
  int temperature = 0;
  for (uint32_t i = 0; i < 1000; ++i)
    temperature += plant.layout().type_of(i).name == "temperature";
  CHECK(temperature == 750);
  settings.mix = {{"temperatur", 1}};
  CHECK_THROWS_WITH_AS(simulated_plant(settings, shipped_types(), plant_start), doctest::Contains("mix.temperatur"),
                       failure);
}

TEST_CASE("ids are unique in a facility and found again") {
  const plant_layout layout{small_plant(3000), shipped_types()};
  std::set<std::string> names;
  for (uint32_t i = 0; i < 3000; ++i) {
    const auto name = full_name(layout, i);
    CHECK(names.insert(name).second);
    REQUIRE(layout.find(name) == i);
  }
  CHECK_FALSE(layout.find("TI-1"));
  CHECK_FALSE(layout.find("nowhere/TI-101"));
  CHECK_FALSE(layout.find("TI-99999999999999999999"));
}

TEST_CASE("a million sensors are made in little memory and have distinct places") {
  auto settings = small_plant(1'000'000);
  settings.facilities = 50;
  settings.rate = 1'000'000;
  const simulated_plant plant{settings, shipped_types(), plant_start};
  CHECK(sizeof(plant_sensor) <= 16);
  CHECK(plant.ticks_before(plant_start + std::chrono::seconds{10}) == 10'000'000);
  std::string line;
  CHECK(plant.append_reading_json(123'456'789'012ull, line));
  CHECK(line.starts_with("{\"sensor_id\":\""));
}

} // namespace simulated_plant_test
