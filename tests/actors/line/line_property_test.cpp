#include "actors/line/line_model.hpp"
#include "actors/line/line_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

#include <set>

namespace line_property_test {

using namespace millwright;

namespace {

// From the definitions: all readings on time of the three types, sorted into each window and shift.
std::vector<std::string> plainly(const plant::log& log) {
  std::map<std::pair<int64_t, int>, std::vector<const plant::logged*>> windows;
  constexpr int64_t pane = 30'000, slide = 300'000, delay = 600'000;
  const auto down = [](int64_t at, int64_t step) { return at - ((at % step) + step) % step; };
  for (const auto& each : log.entries) {
    const auto& type = each.type->name;
    if (type != "power" && type != "vibration" && type != "temperature")
      continue;
    const int64_t at = epoch_ms(each.of.time);
    const auto watermark = std::max(each.of.watermark, each.of.awake_from);
    if (each.of.is(reading::far_ahead) || (watermark != never && down(at, pane) + pane <= epoch_ms(watermark) - delay))
      continue;
    const int shift = each.of.hour >= 6 && each.of.hour <= 14 ? 0 : each.of.hour >= 15 && each.of.hour <= 22 ? 1 : 2;
    windows[{down(at, slide) - slide, shift}].push_back(&each);
    windows[{down(at, slide), shift}].push_back(&each);
  }
  std::vector<std::string> rows;
  const char* const shifts[] = {"morning", "afternoon", "night"};
  for (const auto& [key, readings] : windows) {
    std::map<std::string, std::pair<double, int>> sums;
    std::set<std::string> units;
    int optimal = 0;
    for (const auto* each : readings) {
      auto& [sum, count] = sums[each->type->name];
      sum += each->of.value;
      ++count;
      optimal += each->of.has_quality() && each->of.quality > 0.95;
      units.insert(each->of.context->equipment.text);
    }
    units.erase(std::string{});
    std::string json{R"({"production_line":"L1","facility_id":"f","shift":")"};
    json += shifts[key.second];
    json += R"(","window_start":")" + to_iso(from_epoch_ms(key.first)) + R"(","window_end":")" +
            to_iso(from_epoch_ms(key.first + 600'000)) + "\"";
    for (const auto& [field, type] : {std::pair{"avg_power_consumption", "power"},
                                      {"avg_vibration", "vibration"},
                                      {"avg_temperature", "temperature"}}) {
      json += std::string{",\""} + field + "\":";
      const auto found = sums.find(type);
      append_json_number(json, found == sums.end() ? absent : found->second.first / found->second.second);
    }
    json += ",\"active_equipment\":" + std::to_string(units.size());
    json += ",\"optimal_readings\":" + std::to_string(optimal) + ",\"efficiency_score\":";
    append_json_number(json, units.empty() ? absent : optimal / (static_cast<double>(units.size()) * 10));
    rows.push_back(json + "}");
  }
  return rows;
}

} // namespace

TEST_CASE("over random logs a line's rows are those of a plain computation, to the last bit and in order, whatever the "
          "shards, barriers and recoveries") {
  const actor_settings settings{line_settings()};
  const hosted_birth birth{line_entity({std::string{"f"}}, std::string{"L1"}), &settings};
  size_t rows = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto log = plant::random_log(seed);
    const auto plain = plainly(log);
    rows += plain.size();
    CHECK(plant::rows_of<line_model>(log.entries, birth, {.barrier_after = 100'000}) == plain);
    CHECK(plant::rows_of<line_model>(log.entries, birth, {.shards = 1, .barrier_after = 1, .seed = seed}) == plain);
    CHECK(plant::rows_of<line_model>(log.entries, birth,
                                     {.shards = 5, .barrier_after = 40, .bytes = true, .seed = seed}) == plain);
    CHECK(plant::rows_of<line_model>(log.entries, birth,
                                     {.shards = 3, .barrier_after = 90, .seed = seed, .tallies = true}) == plain);
  }
  CHECK(rows > 1000);
}

TEST_CASE("changed bytes of a line are refused, or can be gone on with") {
  const actor_settings settings{line_settings()};
  for (uint64_t seed = 1; seed <= 5; ++seed)
    plant::change_bytes<line_model>(plant::random_log(seed, 300).entries,
                                    {line_entity({std::string{"f"}}, std::string{"L1"}), &settings}, seed);
}

} // namespace line_property_test
