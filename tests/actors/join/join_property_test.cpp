#include "actors/join/join_model.hpp"
#include "actors/join/join_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

namespace join_property_test {

using namespace millwright;

namespace {

// From the definition: every primary reading on time with every secondary one.
std::vector<std::string> plainly(const plant::log& log, std::string_view unit) {
  constexpr int64_t pane = 30'000, delay = 120'000, within = 60'000;
  std::vector<const plant::logged*> primary, secondary;
  for (const auto& each : log.entries) {
    if (!unit.empty() && each.of.context->equipment.view() != unit)
      continue;
    const int64_t at = epoch_ms(each.of.time);
    const auto watermark = std::max(each.of.watermark, each.of.awake_from);
    const int64_t end = at - ((at % pane) + pane) % pane + pane;
    if (each.of.is(reading::far_ahead) || (watermark != never && end <= epoch_ms(watermark) - delay))
      continue;
    if (each.type->name == "power")
      primary.push_back(&each);
    else if (each.type->name == "vibration")
      secondary.push_back(&each);
  }
  std::vector<std::string> rows;
  for (const auto* p : primary)
    for (const auto* s : secondary) {
      const int64_t apart = epoch_ms(p->of.time) - epoch_ms(s->of.time);
      if (apart < 0 || apart > within)
        continue;
      std::string json{R"({"join":"j","key":")"};
      json += unit.empty() ? "f" : unit;
      json += R"(","facility_id":"f","timestamp":")" + to_iso(p->of.time) + R"(","sensor_id":")";
      json += p->of.context->key.sensor.text + R"(","value":)";
      append_json_number(json, p->of.value);
      json += R"(,"secondary_timestamp":")" + to_iso(s->of.time) + R"(","secondary_sensor_id":")";
      json += s->of.context->key.sensor.text + R"(","secondary_value":)";
      append_json_number(json, s->of.value);
      rows.push_back(json + "}");
    }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> sorted(std::vector<std::string> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

} // namespace

TEST_CASE(
    "over random logs the pairs of a unit and of a facility are those of a plain computation, each once, whatever the "
    "shards, barriers and recoveries") {
  size_t rows = 0;
  for (const char* key : {"equipment_id", "facility_id"}) {
    actor_settings settings{join_settings()};
    REQUIRE(settings.set("pairs", std::string{"j: power vibration on "} + key));
    const auto& pair = joins_of(settings).pairs.front();
    for (uint64_t seed = 1; seed <= 60; ++seed) {
      CAPTURE(seed);
      const auto log = plant::random_log(seed, 1500);
      const std::string unit =
          pair.key == join_key::equipment_id ? std::string{"U-"} + std::to_string(seed % 6) : std::string{};
      const hosted_birth birth{join_entity(pair, {std::string{"f"}}, unit.empty() ? "f" : unit), &settings};
      const auto takes = [&](const plant::logged& each) {
        return unit.empty() || each.of.context->equipment.text == unit;
      };
      const auto plain = plainly(log, unit);
      rows += plain.size();
      const auto whole = plant::rows_of<join_model>(log.entries, birth, {.barrier_after = 100'000}, takes);
      CHECK(sorted(whole) == plain);
      for (const plant::way& how : {plant::way{.shards = 1, .barrier_after = 1, .seed = seed},
                                    plant::way{.shards = 5, .barrier_after = 40, .bytes = true, .seed = seed}})
        CHECK(sorted(plant::rows_of<join_model>(log.entries, birth, how, takes)) == plain);
      // One shard or many, between the same barriers the order is the same as well.
      CHECK(plant::rows_of<join_model>(log.entries, birth, {.shards = 4, .barrier_after = 100'000}, takes) == whole);
    }
  }
  CHECK(rows > 5000);
}

TEST_CASE("changed bytes of a join are refused, or can be gone on with") {
  actor_settings settings{join_settings()};
  REQUIRE(settings.set("pairs", "j: power vibration on facility_id"));
  const auto key = join_entity(joins_of(settings).pairs.front(), {std::string{"f"}}, "f");
  for (uint64_t seed = 1; seed <= 5; ++seed)
    plant::change_bytes<join_model>(plant::random_log(seed, 300).entries, {key, &settings}, seed);
}

} // namespace join_property_test
