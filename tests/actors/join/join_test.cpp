#include "actors/join/join_model.hpp"
#include "actors/join/join_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

namespace join_test {

using namespace millwright;
using namespace std::chrono_literals;

static_assert(hosted_model<join_model>);
static_assert(born_part<join_part>);

namespace {

actor_settings with(const char* pairs) {
  actor_settings out{join_settings()};
  out.set("pairs", pairs);
  return out;
}

const actor_settings shipped = with("vibration-temperature");

hosted_birth birth(const actor_settings& settings = shipped) {
  return {join_entity(shipped_join(), {std::string{"f"}}, "U"), &settings};
}

std::vector<std::string> rows_of(const plant::log& log, const plant::way& how = {}) {
  return plant::rows_of<join_model>(log.entries, birth(), how);
}

plant::log::more of(const char* type, uint16_t split = 0) {
  plant::log::more out;
  out.type = type;
  out.split = split;
  return out;
}

std::string row(std::string_view at, int value, std::string_view secondary_at, int secondary) {
  const auto time = [](std::string_view seconds) { return "\"2026-01-01T00:" + std::string{seconds} + "Z\""; };
  return R"({"join":"vibration-temperature","key":"U","facility_id":"f","timestamp":)" + time(at) +
         R"(,"sensor_id":"v","value":)" + std::to_string(value) + R"(,"secondary_timestamp":)" + time(secondary_at) +
         R"(,"secondary_sensor_id":"t","secondary_value":)" + std::to_string(secondary) + "}";
}

using rows = std::vector<std::string>;

} // namespace

TEST_CASE("a primary reading is joined with each secondary one that is as old or up to a minute older") {
  plant::log log;
  const auto& v = log.sensor("f", "v", "U");
  const auto& t = log.sensor("f", "t", "U");
  log.add(t, plant::start, 1, of("temperature"));
  log.add(t, plant::start + 1ms, 2, of("temperature"));
  log.add(v, plant::start + 60s, 10, of("vibration"));
  log.add(t, plant::start + 60s, 3, of("temperature"));
  log.add(t, plant::start + 60s + 1ms, 4, of("temperature"));
  log.add(v, plant::start + 60s + 1ms, 11, of("vibration"));
  const rows expected{row("01:00.000", 10, "00:00.000", 1), row("01:00.000", 10, "00:00.001", 2),
                      row("01:00.000", 10, "01:00.000", 3), row("01:00.001", 11, "00:00.001", 2),
                      row("01:00.001", 11, "01:00.000", 3), row("01:00.001", 11, "01:00.001", 4)};
  CHECK(rows_of(log) == expected);
}

TEST_CASE("whichever of the two comes last, they are joined once") {
  plant::log log;
  const auto& v = log.sensor("f", "v", "U");
  const auto& t = log.sensor("f", "t", "U");
  log.add(v, plant::start + 50s, 10, of("vibration"));
  log.add(t, plant::start + 90s, 3, of("temperature"));
  log.add(t, plant::start + 40s, 1, of("temperature"));
  for (const size_t after : {1u, 2u, 100u})
    CHECK(rows_of(log, {.barrier_after = after, .bytes = true}) == rows{row("00:50.000", 10, "00:40.000", 1)});
}

TEST_CASE("each reading must be on time by its pane with a delay of two minutes") {
  plant::log log;
  const auto& v = log.sensor("f", "v", "U");
  const auto& t = log.sensor("f", "t", "U");
  log.add(t, plant::start + 10s, 1, of("temperature"));
  log.add(v, plant::start + 149'999ms, 9, of("vibration"));
  log.add(v, plant::start + 20s, 10, of("vibration"));
  log.add(v, plant::start + 150s, 9, of("vibration"));
  log.add(v, plant::start + 21s, 11, of("vibration"));
  // Its pane is the next: on time.
  log.add(v, plant::start + 30s, 12, of("vibration"));
  CHECK(rows_of(log, {.barrier_after = 1}) ==
        rows{row("00:20.000", 10, "00:10.000", 1), row("00:30.000", 12, "00:10.000", 1)});
}

TEST_CASE("a reading is kept until the pane that could hold a partner is over, and no longer") {
  const auto idle_behind = [](const char* type, event_time closing) {
    plant::log log;
    log.add(log.sensor("f", "v", "U"), plant::start + 10s, 1, of(type));
    auto part = part_of<join_part>(birth());
    part.take(log.entries[0].as_contribution());
    join_model model{birth()};
    hosted_output out;
    model.take(std::move(part), out);
    time_passed time;
    time.closing = closing;
    model.pass(time, out);
    return model.idle();
  };
  CHECK_FALSE(idle_behind("vibration", plant::start + 149'999ms));
  CHECK(idle_behind("vibration", plant::start + 150s));
  // A partner of it may be as late as 70 s: its pane ends at 90 s.
  CHECK_FALSE(idle_behind("temperature", plant::start + 209'999ms));
  CHECK(idle_behind("temperature", plant::start + 210s));
}

TEST_CASE("other types, and readings more than a day ahead, are in no join") {
  plant::log log;
  const auto& v = log.sensor("f", "v", "U");
  log.add(v, plant::start, 1, of("pressure"));
  log.add(v, plant::start, 1, of("Temperature"));
  auto far = of("temperature");
  far.flags = reading::ahead | reading::far_ahead;
  log.add(v, plant::start + 48h, 1, far);
  auto part = part_of<join_part>(birth());
  for (const auto& each : log.entries)
    part.take(each.as_contribution());
  CHECK(part.sides().empty());
}

TEST_CASE("a sensor's joins are those of its unit and of its facility, by their keys") {
  const auto settings = with("vibration-temperature; site: power pressure on facility_id");
  plant::log log;
  std::vector<entity_key> targets;
  join_targets(log.sensor("f", "a", "U"), settings, targets);
  CHECK(targets ==
        std::vector{entity_key{std::string{"join"}, {std::string{"f"}}, std::string{"vibration-temperature\0U", 23}},
                    entity_key{std::string{"join"}, {std::string{"f"}}, std::string{"site\0f", 6}}});
  targets.clear();
  join_targets(log.sensor("f", "b"), settings, targets);
  CHECK(targets.size() == 1);
  targets.clear();
  join_targets(log.sensor("f", "a", "U"), actor_settings{join_settings()}, targets);
  CHECK(targets.empty());
}

TEST_CASE("a join that is configured no more opens what it stored, tells nothing and keeps nothing") {
  plant::log log;
  log.add(log.sensor("f", "t", "U"), plant::start, 1, of("temperature"));
  auto part = part_of<join_part>(birth());
  part.take(log.entries[0].as_contribution());
  join_model before{birth()};
  hosted_output out;
  before.take(std::move(part), out);
  CHECK_FALSE(before.idle());
  std::string stored;
  before.encode(stored);
  const actor_settings none{join_settings()};
  join_model after{birth(none)};
  REQUIRE(after.decode(stored));
  CHECK(after.idle());
  CHECK(after.line().state == "not configured");
}

TEST_CASE("people see what is joined and how much waits") {
  plant::log log;
  log.add(log.sensor("f", "t", "U"), plant::start, 1, of("temperature"));
  log.add(log.sensor("f", "v", "U"), plant::start + 1s, 1, of("vibration"));
  auto part = part_of<join_part>(birth());
  part.take(log.entries[0].as_contribution());
  join_model model{birth()};
  hosted_output out;
  model.take(std::move(part), out);
  auto open = part_of<join_part>(birth());
  open.take(log.entries[1].as_contribution());
  std::string json;
  json_object view{json};
  model.show(view, open);
  view.close();
  CHECK(json == R"({"join":"vibration-temperature","key":"U","facility_id":"f","primary":"vibration",)"
                R"("secondary":"temperature","waiting_primary":1,"waiting_secondary":1,)"
                R"("newest":"2026-01-01T00:00:00.000Z"})");
}

TEST_CASE(
    "a join's stored states and parts that are cut off, of a newer version, out of order or too long are refused") {
  plant::log log;
  const auto& t = log.sensor("f", "t", "U");
  for (int i = 0; i < 5; ++i)
    log.add(t, plant::start + std::chrono::seconds{i}, i, of("temperature"));
  auto part = part_of<join_part>(birth());
  for (const auto& each : log.entries)
    part.take(each.as_contribution());
  std::string bytes;
  part.encode(bytes);
  join_model model{birth()};
  hosted_output out;
  model.take(std::move(part), out);
  std::string stored;
  model.encode(stored);
  const auto refused = [](auto read, const std::string& whole) {
    for (size_t length = 0; length < whole.size(); ++length)
      if (read(whole.substr(0, length)))
        return false;
    auto newer = whole;
    ++newer[0];
    return !read(newer) && !read(whole + "x") && read(whole);
  };
  const auto reads_part = [](const std::string& in) { return join_part{}.decode(in); };
  CHECK(refused(reads_part, bytes));
  CHECK(refused([](const std::string& in) { return join_model{birth()}.decode(in); }, stored));
  // Behind version and both counts, of which the first is of none: the first two readings change places.
  auto swapped = bytes;
  constexpr size_t each = 8 + 8 + 2 + 1 + 2;
  std::swap_ranges(swapped.begin() + 3, swapped.begin() + 3 + each, swapped.begin() + 3 + each);
  CHECK_FALSE(reads_part(swapped));
}

} // namespace join_test
