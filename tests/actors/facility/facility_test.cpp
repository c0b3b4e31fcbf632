#include "actors/facility/facility_model.hpp"

#include "actors/facility/facility_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

namespace facility_test {

using namespace millwright;
using namespace std::chrono_literals;

static_assert(hosted_model<facility_model>);
static_assert(updating_model<facility_model>);
static_assert(born_part<facility_part>);

namespace {

const actor_settings standard{facility_settings()};

hosted_birth birth(const actor_settings& settings = standard) {
  return {facility_entity({std::string{"f"}}), &settings};
}

std::vector<std::string> rows_of(const plant::log& log, const plant::way& how = {},
                                 const actor_settings& settings = standard) {
  return plant::rows_of<facility_model>(log.entries, birth(settings), how);
}

std::string row(std::string_view name, std::string_view from, std::string_view to, std::string_view figures,
                bool final = true) {
  const auto at = [](std::string_view time) { return "\"2026-01-01T" + std::string{time} + ".000Z\""; };
  return "{\"facility_id\":\"f\",\"facility_name\":" + std::string{name} + ",\"window_start\":" + at(from) +
         ",\"window_end\":" + at(to) + "," + std::string{figures} + ",\"final\":" + (final ? "true}" : "false}");
}

std::string figures(int readings, int sensors, std::string_view avg, int units, int alerts) {
  return "\"active_sensors\":" + std::to_string(readings) + ",\"distinct_sensors\":" + std::to_string(sensors) +
         ",\"avg_sensor_reading\":" + std::string{avg} + ",\"active_equipment\":" + std::to_string(units) +
         ",\"quality_alerts\":" + std::to_string(alerts);
}

using rows = std::vector<std::string>;

} // namespace

TEST_CASE("a facility's window counts readings, sensors and units apart, averages values and counts bad qualities") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", {}, "Plant");
  const auto& b = log.sensor("f", "b", "U1", {}, "Plant");
  const auto& c = log.sensor("f", "c", {}, {}, "Plant");
  log.add(a, plant::start + 30s, 1, {.quality = 0.8});
  log.add(a, plant::start + 31s, 2, {.quality = 0.79});
  log.add(b, plant::start + 59s, 4);
  log.add(c, plant::start + 59s, 5, {.quality = 0});
  CHECK(rows_of(log) == rows{row("\"Plant\"", "00:00:00", "00:01:00", figures(4, 3, "3", 1, 2)),
                             row("\"Plant\"", "00:00:30", "00:01:30", figures(4, 3, "3", 1, 2))});
}

TEST_CASE("windows are half-open: what comes at an end is in the next") {
  plant::log log;
  const auto& a = log.sensor("f", "a");
  log.add(a, plant::start + 59'999ms, 1);
  log.add(a, plant::start + 60s, 3);
  CHECK(rows_of(log) == rows{row("null", "00:00:00", "00:01:00", figures(1, 1, "1", 0, 0)),
                             row("null", "00:00:30", "00:01:30", figures(2, 1, "2", 0, 0)),
                             row("null", "00:01:00", "00:02:00", figures(1, 1, "3", 0, 0))});
}

TEST_CASE(
    "a facility that no file knows has no name, and it is called as its newest reading says, whichever came last") {
  plant::log log;
  const auto& old_name = log.sensor("f", "a", {}, {}, "Old");
  const auto& new_name = log.sensor("f", "b", {}, {}, "New");
  log.add(new_name, plant::start + 40s, 1);
  log.add(old_name, plant::start + 39s, 1);
  CHECK(rows_of(log).front() == row("\"New\"", "00:00:00", "00:01:00", figures(2, 2, "1", 0, 0)));
  // At one time it is the later in the log.
  log.add(old_name, plant::start + 40s, 1);
  CHECK(rows_of(log).front() == row("\"Old\"", "00:00:00", "00:01:00", figures(3, 2, "1", 0, 0)));
}

TEST_CASE("a window is told once, when the closing time less two minutes reaches its end") {
  plant::log log;
  const auto& a = log.sensor("f", "a");
  log.add(a, plant::start, 1);
  log.add(a, plant::start + 149'999ms, 1);
  plant::way each_reading{.barrier_after = 1, .ends = false};
  CHECK(rows_of(log, each_reading).empty());
  log.add(a, plant::start + 150s, 1);
  CHECK(rows_of(log, each_reading).size() == 1);
  log.add(a, plant::start + 180s, 1);
  CHECK(rows_of(log, each_reading).size() == 2);
}

TEST_CASE("a reading is late once its split's time less the delay has reached its pane's end, and then in no window") {
  plant::log log;
  const auto& a = log.sensor("f", "a");
  const auto& b = log.sensor("f", "b");
  log.add(a, plant::start + 179'999ms, 1);
  log.add(b, plant::start + 30s, 2);
  log.add(a, plant::start + 180s, 1);
  log.add(b, plant::start + 59s, 8);
  const auto all = rows_of(log);
  CHECK(all.front() == row("null", "00:00:00", "00:01:00", figures(1, 1, "2", 0, 0)));
}

TEST_CASE("what is ahead is in its window, what is more than a day ahead in none") {
  plant::log log;
  const auto& a = log.sensor("f", "a");
  log.add(a, plant::start + 1h, 1, {.flags = reading::ahead});
  log.add(a, plant::start + 48h, 1, {.flags = reading::ahead | reading::far_ahead});
  CHECK(rows_of(log).size() == 2);
}

TEST_CASE("what wakes is late by the time of the other splits") {
  plant::log log{2};
  const auto& a = log.sensor("f", "a");
  const auto& b = log.sensor("f", "b");
  log.add(b, plant::start, 1, {.split = 1});
  log.add(a, plant::start, 1);
  log.fall_silent(1);
  log.add(a, plant::start + 1h, 1);
  log.add(b, plant::start + 1min, 1, {.split = 1});
  log.add(b, plant::start + 58min, 5, {.split = 1});
  const auto all = rows_of(log, {.barrier_after = 1});
  CHECK(all == rows_of(log));
  CHECK(all[2] == row("null", "00:57:30", "00:58:30", figures(1, 1, "5", 0, 0)));
}

TEST_CASE("while a window is open its figures are there for views, with what came since the barrier, and not final") {
  plant::log log;
  const auto& a = log.sensor("f", "a");
  log.add(a, plant::start, 1);
  log.add(a, plant::start + 1s, 3);
  facility_model model{birth()};
  hosted_output out;
  auto first = part_of<facility_part>(birth());
  first.take(log.entries[0].as_contribution());
  model.take(std::move(first), out);
  auto second = part_of<facility_part>(birth());
  second.take(log.entries[1].as_contribution());
  model.updates(second, out);
  const auto once = plant::taken(out);
  REQUIRE(once.size() == 2);
  CHECK(once[1] == row("null", "00:00:00", "00:01:00", figures(2, 1, "2", 0, 0), false));
  // Nothing is kept of it.
  model.updates(facility_part{}, out);
  CHECK(plant::taken(out)[1] == row("null", "00:00:00", "00:01:00", figures(1, 1, "1", 0, 0), false));
}

TEST_CASE("lengths, delay and the limit of quality are settings") {
  auto settings = standard;
  REQUIRE(settings.set("length", "2min"));
  REQUIRE(settings.set("slide", "1min"));
  REQUIRE(settings.set("delay", "0"));
  REQUIRE(settings.set("quality_alert", "0.5"));
  plant::log log;
  const auto& a = log.sensor("f", "a");
  log.add(a, plant::start + 1min, 1, {.quality = 0.6});
  log.add(a, plant::start + 90s, 1, {.quality = 0.4});
  // Late: there is no delay.
  log.add(a, plant::start + 80s, 1);
  CHECK(rows_of(log, {}, settings) == rows{row("null", "00:00:00", "00:02:00", figures(2, 1, "1", 0, 1)),
                                           row("null", "00:01:00", "00:03:00", figures(2, 1, "1", 0, 1))});
}

TEST_CASE("people see rates and different sensors, never a count of readings called sensors") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U", {}, "Plant");
  const auto& b = log.sensor("f", "b", {}, {}, "Plant");
  for (int i = 0; i <= 45; ++i)
    log.add(i % 2 ? a : b, plant::start + std::chrono::seconds{i}, 2, {.quality = i == 45 ? 0.1 : 1});
  // Tells nobody what time it is.
  log.add(b, plant::start + 20min, 2, {.flags = reading::ahead});
  facility_model model{birth()};
  hosted_output out;
  auto part = part_of<facility_part>(birth());
  for (size_t i = 0; i < 20; ++i)
    part.take(log.entries[i].as_contribution());
  model.take(std::move(part), out);
  auto open = part_of<facility_part>(birth());
  for (size_t i = 20; i < log.entries.size(); ++i)
    open.take(log.entries[i].as_contribution());
  std::string json;
  json_object view{json};
  model.show(view, open);
  view.close();
  const double rate = 46.0 / 45;
  std::string rate_text;
  append_json_number(rate_text, rate);
  CHECK(json == "{\"facility_id\":\"f\",\"facility_name\":\"Plant\",\"from\":\"2026-01-01T00:00:00.000Z\",\"to\":"
                "\"2026-01-01T00:00:45.000Z\",\"readings_per_second\":" +
                    rate_text +
                    ",\"avg_sensor_reading\":2,\"quality_alerts\":1,\"distinct_sensors\":2,\"active_equipment\":1,"
                    "\"sensors_by_state\":{\"abnormal\":0,\"in_alarm\":0,\"stale\":0,\"bad\":0}}");
}

TEST_CASE("a facility that nothing was ever heard of shows nothing, and sleeps") {
  const facility_model model{birth()};
  CHECK(model.idle());
  CHECK(model.newest() == never);
  CHECK(model.line().state == "well");
  std::string json;
  json_object view{json};
  model.show(view, facility_part{});
  view.close();
  CHECK(json.find("\"readings_per_second\":null,\"avg_sensor_reading\":null") != std::string::npos);
}

TEST_CASE("stored states and parts that are cut off, changed in version or longer than they are, are refused") {
  plant::log log = plant::random_log(3, 200);
  auto part = part_of<facility_part>(birth());
  for (const auto& each : log.entries)
    part.take(each.as_contribution());
  std::string bytes;
  part.encode(bytes);
  facility_model model{birth()};
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
  CHECK(refused([](const std::string& in) { return facility_part{}.decode(in); }, bytes));
  CHECK(refused([](const std::string& in) { return facility_model{birth()}.decode(in); }, stored));
}

TEST_CASE("what was stored with windows of another slide goes on with new ones") {
  plant::log log;
  log.add(log.sensor("f", "a"), plant::start, 1);
  auto part = part_of<facility_part>(birth());
  part.take(log.entries[0].as_contribution());
  facility_model before{birth()};
  hosted_output out;
  before.take(std::move(part), out);
  std::string stored;
  before.encode(stored);
  auto settings = standard;
  REQUIRE(settings.set("slide", "1min"));
  facility_model after{birth(settings)};
  REQUIRE(after.decode(stored));
  after.end(out);
  CHECK(out.rows.empty());
}

TEST_CASE("windows that panes cannot make are told, and made as the next longer ones") {
  auto settings = standard;
  CHECK(facility_settings_problem(settings).empty());
  REQUIRE(settings.set("slide", "45s"));
  CHECK(facility_settings_problem(settings).find("a multiple of the pane") != std::string::npos);
  CHECK(window_layout::of(settings).slide == 60s);
  REQUIRE(settings.set("slide", "1min"));
  REQUIRE(settings.set("length", "90s"));
  CHECK(facility_settings_problem(settings) == "length is 90s, but must be a multiple of slide (1min)");
  CHECK(window_layout::of(settings).length == 120s);
  CHECK_FALSE(settings.set("slide", "29s"));
}

} // namespace facility_test
