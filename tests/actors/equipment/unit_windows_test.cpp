#include "tests/actors/equipment/unit_log.hpp"

#include <doctest/doctest.h>

namespace unit_windows_test {

using namespace millwright;
using namespace millwright::test;

namespace {

// The rows of `equipment` about readings that come in the order in which they are given, all at their time.
struct said {
  milliseconds at;
  double value, quality;
};

std::vector<std::string> rows_of(const std::vector<said>& readings, const actor_settings* settings = nullptr) {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log, settings};
  for (const auto& each : readings)
    unit.speak(0, 0, day_begins + each.at, each.value, each.quality);
  unit.end();
  return unit.lines["equipment"];
}

std::string field(const std::string& line, const std::string& name) {
  const auto at = line.find("\"" + name + "\":");
  const auto from = at + name.size() + 3;
  return line.substr(from, line.find_first_of(",}", from) - from);
}

} // namespace

TEST_CASE("a window of five minutes begins each minute, and has the figures of its type's readings") {
  const auto rows = rows_of({{10s, 70, 0.875}, {70s, 72, 0.75}});
  REQUIRE(rows.size() == 6);
  CHECK(rows[4] == "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\",\"sensor_type\":\"temperature\","
                   "\"window_start\":\"2026-01-01T00:00:00.000Z\",\"window_end\":\"2026-01-01T00:05:00.000Z\","
                   "\"avg_reading\":71,\"peak_reading\":72,\"reading_variability\":1.4142135623730951,"
                   "\"avg_quality\":0.8125,\"reading_count\":2,\"equipment_status\":\"healthy\"}");
  CHECK(field(rows[0], "window_end") == "\"2026-01-01T00:01:00.000Z\"");
  CHECK(field(rows[0], "reading_count") == "1");
  CHECK(field(rows[5], "window_end") == "\"2026-01-01T00:06:00.000Z\"");
}

TEST_CASE("a window is told when the watermark reaches its end, once") {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  unit.speak(0, 0, day_begins + 10s, 70);
  log.others(0, day_begins + 6min - 1ms);
  unit.barrier();
  CHECK(unit.lines["equipment"].empty());
  log.others(0, day_begins + 6min);
  unit.barrier();
  CHECK(unit.lines["equipment"].size() == 1);
  unit.barrier();
  CHECK(unit.lines["equipment"].size() == 1);
  log.others(0, day_begins + 10min);
  unit.barrier();
  CHECK(unit.lines["equipment"].size() == 5);
  log.others(0, day_begins + 2h);
  unit.barrier();
  CHECK(unit.lines["equipment"].size() == 5);
}

TEST_CASE("windows that fall due together come by the type's name") {
  unit_log log;
  log.sensors({"vibration", "power", "temperature"});
  watched_unit unit{log};
  for (size_t sensor = 0; sensor < 3; ++sensor)
    unit.speak(0, sensor, day_begins + 10s, 1);
  unit.end();
  const auto& rows = unit.lines["equipment"];
  REQUIRE(rows.size() == 15);
  CHECK(field(rows[0], "sensor_type") == "\"power\"");
  CHECK(field(rows[1], "sensor_type") == "\"temperature\"");
  CHECK(field(rows[2], "sensor_type") == "\"vibration\"");
  CHECK(field(rows[3], "sensor_type") == "\"power\"");
}

TEST_CASE("a window is degraded below an average quality of 0.7, else unstable above a deviation of 10") {
  const auto status = [](const std::vector<said>& readings) { return field(rows_of(readings)[0], "equipment_status"); };
  CHECK(status({{0s, 50, 0.7}, {1s, 50, 0.7}}) == "\"healthy\"");
  CHECK(status({{0s, 50, 0.7}, {1s, 50, 0.69}}) == "\"degraded\"");
  CHECK(status({{0s, 50, 1}, {1s, 70, 1}}) == "\"unstable\"");
  CHECK(status({{0s, 50, 0.1}, {1s, 70, 1}}) == "\"degraded\"");
  // Of 0, 10 and 20 the deviation is exactly 10.
  CHECK(status({{0s, 0, 1}, {1s, 10, 1}, {2s, 20, 1}}) == "\"healthy\"");
}

TEST_CASE("a quality that no reading has is null and not degraded; a reading without one is in no average of it") {
  const auto none = rows_of({{0s, 50, absent}});
  CHECK(field(none[0], "avg_quality") == "null");
  CHECK(field(none[0], "equipment_status") == "\"healthy\"");
  const auto some = rows_of({{0s, 50, absent}, {1s, 50, 0.5}});
  CHECK(field(some[0], "avg_quality") == "0.5");
  CHECK(field(some[0], "reading_count") == "2");
}

TEST_CASE("of one reading there is no deviation, of equal ones it is 0, and what overflows is null") {
  CHECK(field(rows_of({{0s, 50, 1}})[0], "reading_variability") == "null");
  CHECK(field(rows_of({{0s, 0.1, 1}, {1s, 0.1, 1}, {2s, 0.1, 1}})[0], "reading_variability") == "0");
  CHECK(field(rows_of({{0s, 0.1, 1}, {1s, 0.1, 1}, {2s, 0.1, 1}})[0], "avg_reading") == "0.1");
  const auto huge = rows_of({{0s, 1e200, 1}, {1s, -1e200, 1}});
  CHECK(field(huge[0], "reading_variability") == "null");
  CHECK(field(huge[0], "equipment_status") == "\"healthy\"");
}

TEST_CASE("a reading whose pane has ended five minutes before is in no window") {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  unit.speak(0, 0, day_begins + 20min, 70);
  unit.speak(0, 0, day_begins + 15min - 30s, 99);
  unit.speak(0, 0, day_begins + 15min - 1ms, 99);
  unit.speak(0, 0, day_begins + 15min, 50);
  unit.end();
  const auto& rows = unit.lines["equipment"];
  REQUIRE(rows.size() == 10);
  for (const auto& each : rows)
    CHECK(field(each, "reading_count") == "1");
  CHECK(field(rows[0], "avg_reading") == "50");
}

TEST_CASE("what is more than 24 hours ahead is in no window, what is less is") {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  unit.speak(0, 0, day_begins, 70);
  unit.speak(0, 0, day_begins + 25h, 1, 1, reading::ahead | reading::far_ahead);
  unit.speak(0, 0, day_begins + 8h, 2, 1, reading::ahead);
  unit.end();
  const auto& rows = unit.lines["equipment"];
  REQUIRE(rows.size() == 10);
  CHECK(field(rows[9], "window_end") == "\"2026-01-01T08:05:00.000Z\"");
}

TEST_CASE("length and slide are settings, down to a pane") {
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("window", "1min"));
  REQUIRE(settings.set("slide", "30s"));
  const auto rows = rows_of({{10s, 70, 1}, {40s, 71, 1}}, &settings);
  REQUIRE(rows.size() == 3);
  CHECK(field(rows[0], "window_end") == "\"2026-01-01T00:00:30.000Z\"");
  CHECK(field(rows[1], "reading_count") == "2");
  CHECK(field(rows[2], "avg_reading") == "71");
}

TEST_CASE("what comes for a closed window is dropped") {
  unit_windows windows;
  unit_pane pane{day_begins, 0, {}, {}};
  pane.value.add(1);
  windows.take({pane}, 1min);
  CHECK(windows.close(day_begins + 3min, 5min, 1min).size() == 3);
  windows.take({pane}, 1min);
  const auto rest = windows.close(forever, 5min, 1min);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].value.count == 1);
  CHECK(windows.empty());
}

TEST_CASE("open windows survive their stored form, and what is damaged is none") {
  unit_windows windows;
  std::vector<unit_pane> panes;
  for (int i = 0; i < 6; ++i) {
    auto& pane = panes.emplace_back(unit_pane{day_begins + i * 1min, static_cast<uint16_t>(i % 2), {}, {}});
    pane.value.add(i * 1.1);
    pane.quality.add(0.3);
  }
  windows.take(panes, 1min);
  std::string bytes;
  binary_writer out{bytes};
  windows.encode(out);
  unit_windows read;
  binary_reader in{bytes};
  REQUIRE(read.decode(in, 2));
  CHECK(read.panes() == windows.panes());
  CHECK(read.panes() == panes);
  binary_reader fewer{bytes};
  CHECK_FALSE(read.decode(fewer, 1));
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut, 2));
  }
}

} // namespace unit_windows_test
