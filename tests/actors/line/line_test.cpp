#include "actors/line/line_model.hpp"
#include "actors/line/line_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

namespace line_test {

using namespace millwright;
using namespace std::chrono_literals;

static_assert(updating_model<line_model>);
static_assert(born_part<line_part>);

namespace {

const actor_settings standard{line_settings()};

hosted_birth birth(const actor_settings& settings = standard) {
  return {line_entity({std::string{"f"}}, std::string{"L1"}), &settings};
}

std::vector<std::string> rows_of(const plant::log& log, const plant::way& how = {},
                                 const actor_settings& settings = standard) {
  return plant::rows_of<line_model>(log.entries, birth(settings), how);
}

std::string row(std::string_view shift, std::string_view from, std::string_view to, std::string_view means, int units,
                int optimal, std::string_view efficiency) {
  const auto at = [](std::string_view time) { return "\"2026-01-01T" + std::string{time} + ":00.000Z\""; };
  return R"({"production_line":"L1","facility_id":"f","shift":")" + std::string{shift} + R"(","window_start":)" +
         at(from) + ",\"window_end\":" + at(to) + "," + std::string{means} +
         ",\"active_equipment\":" + std::to_string(units) + ",\"optimal_readings\":" + std::to_string(optimal) +
         ",\"efficiency_score\":" + std::string{efficiency} + "}";
}

std::string means(std::string_view power, std::string_view vibration, std::string_view temperature) {
  return "\"avg_power_consumption\":" + std::string{power} + ",\"avg_vibration\":" + std::string{vibration} +
         ",\"avg_temperature\":" + std::string{temperature};
}

plant::log::more of(std::string type, double quality = absent, int hour = 0, int flags = 0) {
  plant::log::more out;
  out.type = std::move(type);
  out.quality = quality;
  out.hour = static_cast<uint8_t>(hour);
  out.flags = static_cast<uint8_t>(flags);
  return out;
}

using rows = std::vector<std::string>;

} // namespace

TEST_CASE(
    "a line's window averages power, vibration and temperature apart and counts units and optimal readings of these") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  const auto& b = log.sensor("f", "b", "U2", "L1");
  const auto& c = log.sensor("f", "c", "U3", "L1");
  log.add(a, plant::start + 5min, 100, of("power", 0.96));
  log.add(a, plant::start + 6min, 200, of("power", 0.95));
  log.add(b, plant::start + 7min, 3, of("vibration", 1));
  log.add(b, plant::start + 8min, 21, of("temperature"));
  log.add(c, plant::start + 9min, 99, of("pressure", 1));
  CHECK(rows_of(log) == rows{row("night", "00:00", "00:10", means("150", "3", "21"), 2, 2, "0.1"),
                             row("night", "00:05", "00:15", means("150", "3", "21"), 2, 2, "0.1")});
}

TEST_CASE("only types of exactly these names count, and without any of them there is no row") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  for (const char* type : {"Power", "power_meter", "pressure", "generic", "temp"})
    log.add(a, plant::start, 1, of(type, 1));
  CHECK(rows_of(log).empty());
}

TEST_CASE("the average of a missing type is null, and so is the efficiency without equipment, whose readings count") {
  plant::log log;
  const auto& a = log.sensor("f", "a", {}, "L1");
  log.add(a, plant::start + 5min, 4, of("vibration", 1));
  CHECK(rows_of(log).front() == row("night", "00:00", "00:10", means("null", "4", "null"), 0, 1, "null"));
}

TEST_CASE("a window over a change of shift has a row each, by each reading's shift") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 5min, 1, of("power", 1, 14));
  log.add(a, plant::start + 6min, 5, of("power", 1, 15));
  log.add(a, plant::start + 7min, 9, of("power", 1, 23));
  CHECK(rows_of(log, {.barrier_after = 1}) ==
        rows{row("morning", "00:00", "00:10", means("1", "null", "null"), 1, 1, "0.1"),
             row("afternoon", "00:00", "00:10", means("5", "null", "null"), 1, 1, "0.1"),
             row("night", "00:00", "00:10", means("9", "null", "null"), 1, 1, "0.1"),
             row("morning", "00:05", "00:15", means("1", "null", "null"), 1, 1, "0.1"),
             row("afternoon", "00:05", "00:15", means("5", "null", "null"), 1, 1, "0.1"),
             row("night", "00:05", "00:15", means("9", "null", "null"), 1, 1, "0.1")});
}

TEST_CASE("lateness is by the pane of half a minute, though a window moves by five minutes") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 11min, 1, of("power"));
  // The end of the first's pane is the closing time exactly: late. The second's is half a minute later.
  log.add(a, plant::start + 59s, 100, of("power"));
  log.add(a, plant::start + 60s, 7, of("power"));
  CHECK(rows_of(log, {.barrier_after = 1})[1] == row("night", "00:00", "00:10", means("7", "null", "null"), 1, 0, "0"));
}

TEST_CASE("a window is told once, when the closing time less ten minutes reaches its end") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 5min, 1, of("power"));
  log.add(a, plant::start + 20min - 1ms, 1, of("power"));
  const plant::way each{.barrier_after = 1, .ends = false};
  CHECK(rows_of(log, each).empty());
  log.add(a, plant::start + 20min, 1, of("power"));
  CHECK(rows_of(log, each).size() == 1);
}

TEST_CASE("what is ahead is in its window, what is more than a day ahead in none") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 1h, 1, of("power", 1, 0, reading::ahead));
  log.add(a, plant::start + 48h, 1, of("power", 1, 0, reading::ahead | reading::far_ahead));
  CHECK(rows_of(log).size() == 2);
}

TEST_CASE("what is optimal and how many of them a unit owes are settings, as are length, slide and delay") {
  auto settings = standard;
  for (const auto& [key, text] : {std::pair{"length", "1min"},
                                  {"slide", "1min"},
                                  {"delay", "0"},
                                  {"optimal_above", "0.5"},
                                  {"readings_a_unit", "4"}})
    REQUIRE(settings.set(key, text));
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start, 1, of("power", 0.6));
  log.add(a, plant::start + 1s, 1, of("power", 0.5));
  CHECK(rows_of(log, {}, settings) == rows{row("night", "00:00", "00:01", means("1", "null", "null"), 1, 1, "0.25")});
}

TEST_CASE("a sensor counts in its facility's line, and in none where the facility has none") {
  plant::log log;
  std::vector<entity_key> targets;
  line_targets(log.sensor("f", "a", "U1", "L1"), standard, targets);
  line_targets(log.sensor("f", "a", "U1"), standard, targets);
  CHECK(targets == std::vector{birth().key});
}

TEST_CASE("people see figures that are figures, and no efficiency as if it were a percentage") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 9min, 2, of("power", 1));
  log.add(a, plant::start + 11min, 4, of("power", 1));
  line_model model{birth()};
  hosted_output out;
  auto part = part_of<line_part>(birth());
  part.take(log.entries[0].as_contribution());
  model.take(std::move(part), out);
  auto open = part_of<line_part>(birth());
  open.take(log.entries[1].as_contribution());
  std::string json;
  json_object view{json};
  model.show(view, open);
  view.close();
  CHECK(json == R"({"production_line":"L1","facility_id":"f","from":"2026-01-01T00:05:00.000Z","to":)"
                R"("2026-01-01T00:11:00.000Z","avg_power_consumption":3,"avg_vibration":null,)"
                R"("avg_temperature":null,"active_equipment":1,"readings":2,"optimal_readings":2})");
}

TEST_CASE(
    "a line's stored states and parts that are cut off, of a newer version or longer than they are, are refused") {
  plant::log log = plant::random_log(3, 200);
  auto part = part_of<line_part>(birth());
  for (const auto& each : log.entries)
    part.take(each.as_contribution());
  std::string bytes;
  part.encode(bytes);
  line_model model{birth()};
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
  CHECK(refused([](const std::string& in) { return line_part{}.decode(in); }, bytes));
  CHECK(refused([](const std::string& in) { return line_model{birth()}.decode(in); }, stored));
}

TEST_CASE("windows that panes cannot make are told, and made as the next longer ones") {
  auto settings = standard;
  CHECK(line_settings_problem(settings).empty());
  REQUIRE(settings.set("slide", "45s"));
  CHECK(line_settings_problem(settings).find("a multiple of the pane") != std::string::npos);
  CHECK(window_layout::of(settings).slide == 60s);
  REQUIRE(settings.set("slide", "1min"));
  REQUIRE(settings.set("length", "90s"));
  CHECK(line_settings_problem(settings) == "length is 90s, but must be a multiple of slide (1min)");
  CHECK(window_layout::of(settings).length == 120s);
  CHECK_FALSE(settings.set("slide", "29s"));
}

TEST_CASE("while a line's window is open its rows are there for views, by shift, and say that they are not final") {
  plant::log log;
  const auto& a = log.sensor("f", "a", "U1", "L1");
  log.add(a, plant::start + 5min, 100, of("power", 0.96, 6));
  log.add(a, plant::start + 6min, 200, of("power", 0.95, 16));
  line_model model{birth()};
  hosted_output out;
  auto first = part_of<line_part>(birth());
  first.take(log.entries[0].as_contribution());
  model.take(std::move(first), out);
  auto second = part_of<line_part>(birth());
  second.take(log.entries[1].as_contribution());
  const auto open = [](std::string row) { return row.replace(row.size() - 1, 1, ",\"final\":false}"); };
  model.updates(second, out);
  CHECK(plant::taken(out) == rows{open(row("morning", "00:00", "00:10", means("100", "null", "null"), 1, 1, "0.1")),
                                  open(row("afternoon", "00:00", "00:10", means("200", "null", "null"), 1, 0, "0")),
                                  open(row("morning", "00:05", "00:15", means("100", "null", "null"), 1, 1, "0.1")),
                                  open(row("afternoon", "00:05", "00:15", means("200", "null", "null"), 1, 0, "0"))});
  // Nothing is kept of it, and what is over says nothing of that.
  model.updates(line_part{}, out);
  CHECK(plant::taken(out).size() == 2);
  time_passed time;
  time.closing = plant::start + 20min;
  model.pass(time, out);
  CHECK(plant::taken(out) == rows{row("morning", "00:00", "00:10", means("100", "null", "null"), 1, 1, "0.1")});
  model.updates(line_part{}, out);
  CHECK(plant::taken(out) == rows{open(row("morning", "00:05", "00:15", means("100", "null", "null"), 1, 1, "0.1"))});
}

} // namespace line_test
