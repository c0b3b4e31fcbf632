#include "tests/runtime/simulation/plant_for_tests.hpp"

#include <cmath>

namespace hidden_health_test {

using namespace millwright;

namespace {

struct labelled_reading {
  /// Seconds after the plant's start.
  double arrived = 0, health = 0;
};

/// All that one sensor says of its health in the first `seconds`, as it comes.
std::vector<labelled_reading> labels_of(const simulated_plant& plant, uint32_t sensor, int64_t seconds) {
  std::vector<labelled_reading> out;
  plant_cursor cursor{plant.schedule(), 0};
  for (std::string line; cursor.slot().at < seconds * 1'000'000'000; cursor.advance()) {
    line.clear();
    if (cursor.slot().sensor != sensor || !plant.append_labelled_json(cursor.slot().tick, line))
      continue;
    rapidjson::Document json;
    json.Parse(line.c_str());
    REQUIRE(json.IsObject());
    REQUIRE(json.HasMember("health"));
    out.push_back({static_cast<double>(cursor.slot().at) * 1e-9, json["health"].GetDouble()});
  }
  REQUIRE(!out.empty());
  return out;
}

simulation_settings wearing(const std::string& kind) {
  auto settings = small_plant(300);
  settings.faults.push_back(fault_of(kind, 1000, 7200));
  return settings;
}

} // namespace

TEST_CASE("a labelled reading is the reading, with a field more") {
  auto settings = small_plant(120);
  for (int i = 0; i < fault_kind_count; ++i)
    if (static_cast<fault_kind>(i) != fault_kind::malformed)
      settings.faults_per_day[std::string{name_of(static_cast<fault_kind>(i))}] = 3;
  const simulated_plant plant{settings, shipped_types(), plant_start};
  int worn = 0;
  for (uint64_t tick = 0; tick < 200'000; tick += 7) {
    std::string line, told;
    REQUIRE(plant.append_labelled_json(tick, told) == plant.append_reading_json(tick, line));
    if (line.empty())
      continue;
    const auto at = told.rfind(",\"health\":");
    REQUIRE(at != told.npos);
    REQUIRE(told.substr(0, at) + "}" == line);
    const double health = std::stod(told.substr(at + 10));
    REQUIRE(health >= 0);
    REQUIRE(health <= 1);
    worn += health < 1;
  }
  CHECK(worn > 100);
}

TEST_CASE("what wears goes from sound to worn out, and is sound when it has been mended") {
  for (const std::string kind : {"bearing_wear", "drift", "noise", "falling_quality"}) {
    CAPTURE(kind);
    const simulated_plant plant{wearing(kind), shipped_types(), plant_start};
    const auto fault = plant.faults().between(0, 1'000'000'000'000'000).at(0);
    double last = 1;
    for (const auto& each : labels_of(plant, fault.sensor, 12'000)) {
      const double health = each.health;
      const double worn = (each.arrived - 1000) / 7200;
      if (each.arrived < 1000 || each.arrived >= 8200) {
        CHECK(health == 1);
        continue;
      }
      CHECK(health == doctest::Approx(1 - worn).epsilon(0.001));
      CHECK(health <= last);
      last = health;
    }
    CHECK(last < 0.02);
  }
}

TEST_CASE("what comes at once or concerns the reporting is no wear") {
  for (const std::string kind : {"spike", "step", "stuck", "late", "duplicated", "skewed_clock"}) {
    CAPTURE(kind);
    const simulated_plant plant{wearing(kind), shipped_types(), plant_start};
    const auto fault = plant.faults().between(0, 1'000'000'000'000'000).at(0);
    for (const auto& each : labels_of(plant, fault.sensor, 9000))
      CHECK(each.health == 1);
  }
}

TEST_CASE("a worn bearing is told by the sensors that show it") {
  const simulated_plant plant{wearing("bearing_wear"), shipped_types(), plant_start};
  const auto& layout = plant.layout();
  const uint32_t unit = plant_layout::unit_of(plant.faults().between(0, 1'000'000'000'000'000).at(0).sensor);
  int showing = 0, others = 0;
  for (uint32_t i = unit * 6; i < unit * 6 + 6; ++i) {
    const auto& profile = layout.profile_of_type(layout.sensor(i).type);
    const bool shows = profile.vibration || profile.temperature;
    (shows ? showing : others) += 1;
    bool worn = false;
    for (const auto& each : labels_of(plant, i, 8200))
      worn |= each.health < 1;
    CHECK(worn == shows);
  }
  CHECK(showing >= 2);
  CHECK(others >= 1);
}

} // namespace hidden_health_test
