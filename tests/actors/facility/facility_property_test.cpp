#include "actors/facility/facility_model.hpp"
#include "actors/facility/facility_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

#include <set>

namespace facility_property_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

// From the definitions: all readings on time, sorted into each window that spans them.
std::vector<std::string> plainly(const plant::log& log) {
  struct window {
    std::vector<const plant::logged*> readings;
  };
  std::map<int64_t, window> windows;
  constexpr int64_t pane = 30'000, delay = 120'000;
  for (const auto& each : log.entries) {
    const int64_t at = epoch_ms(each.of.time);
    const int64_t pane_start = (at - ((at % pane) + pane) % pane);
    const auto watermark = std::max(each.of.watermark, each.of.awake_from);
    if (each.of.is(reading::far_ahead) || (watermark != never && pane_start + pane <= epoch_ms(watermark) - delay))
      continue;
    windows[pane_start - 30'000].readings.push_back(&each);
    windows[pane_start].readings.push_back(&each);
  }
  std::vector<std::string> rows;
  for (const auto& [start, of] : windows) {
    double sum = 0;
    int alerts = 0;
    std::set<std::string> sensors, units;
    const plant::logged* newest = nullptr;
    for (const auto* each : of.readings) {
      sum += each->of.value;
      alerts += each->of.has_quality() && each->of.quality < 0.8;
      sensors.insert(each->of.context->key.sensor.text);
      units.insert(each->of.context->equipment.text);
      if (!newest || each->of.time >= newest->of.time)
        newest = each;
    }
    units.erase(std::string{});
    const auto& name = newest->of.context->facility->name;
    std::string json{"{\"facility_id\":\"f\",\"facility_name\":"};
    if (name.empty())
      json += "null";
    else
      append_json_string(json, name);
    json += ",\"window_start\":\"" + to_iso(from_epoch_ms(start)) + "\",\"window_end\":\"" +
            to_iso(from_epoch_ms(start + 60'000)) + "\"";
    json += ",\"active_sensors\":" + std::to_string(of.readings.size());
    json += ",\"distinct_sensors\":" + std::to_string(sensors.size()) + ",\"avg_sensor_reading\":";
    append_json_number(json, sum / static_cast<double>(of.readings.size()));
    json += ",\"active_equipment\":" + std::to_string(units.size());
    json += ",\"quality_alerts\":" + std::to_string(alerts) + ",\"final\":true}";
    rows.push_back(std::move(json));
  }
  return rows;
}

} // namespace

TEST_CASE(
    "over random logs a facility's rows are those of a plain computation, to the last bit and in order, whatever the "
    "shards, barriers and recoveries") {
  const actor_settings settings{facility_settings()};
  const hosted_birth birth{facility_entity({std::string{"f"}}), &settings};
  size_t rows = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto log = plant::random_log(seed);
    const auto plain = plainly(log);
    rows += plain.size();
    CHECK(plant::rows_of<facility_model>(log.entries, birth, {.barrier_after = 100'000}) == plain);
    CHECK(plant::rows_of<facility_model>(log.entries, birth, {.shards = 1, .barrier_after = 1, .seed = seed}) == plain);
    CHECK(plant::rows_of<facility_model>(log.entries, birth,
                                         {.shards = 5, .barrier_after = 40, .bytes = true, .seed = seed}) == plain);
    CHECK(plant::rows_of<facility_model>(log.entries, birth,
                                         {.shards = 3, .barrier_after = 90, .seed = seed, .tallies = true}) == plain);
  }
  CHECK(rows > 5000);
}

TEST_CASE("changed bytes of a facility are refused, or can be gone on with") {
  const actor_settings settings{facility_settings()};
  for (uint64_t seed = 1; seed <= 5; ++seed)
    plant::change_bytes<facility_model>(plant::random_log(seed, 300).entries,
                                        {facility_entity({std::string{"f"}}), &settings}, seed);
}

} // namespace facility_property_test
