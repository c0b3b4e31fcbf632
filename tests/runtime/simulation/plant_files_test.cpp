#include "tests/runtime/simulation/plant_for_tests.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/plant_files.hpp"
#include "runtime/simulation/reading_output.hpp"

#include <date/tz.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <unistd.h>

namespace plant_files_test {

using namespace millwright;

namespace {

struct directory {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("millwright-plant-files-" + std::to_string(::getpid()));
  ~directory() { std::filesystem::remove_all(path); }
};

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

} // namespace

TEST_CASE("the metadata names every facility and sensor, with zones and limits in order") {
  directory dir;
  const simulated_plant plant{small_plant(300), shipped_types(), plant_start};
  write_metadata(plant, dir.path.string());
  std::set<std::string> facilities, sensors, units;
  for (const auto& line : lines_in(content(dir.path / "facilities.jsonl"))) {
    rapidjson::Document json;
    REQUIRE_FALSE(json.Parse(line.c_str()).HasParseError());
    facilities.insert(json["facility_id"].GetString());
    CHECK_NOTHROW(date::locate_zone(json["timezone"].GetString()));
    CHECK(json["production_line"].GetStringLength() > 0);
  }
  CHECK(facilities.size() == 3);
  for (const auto& line : lines_in(content(dir.path / "sensors.jsonl"))) {
    rapidjson::Document json;
    REQUIRE_FALSE(json.Parse(line.c_str()).HasParseError());
    const std::string facility = json["facility_id"].GetString();
    CHECK(facilities.contains(facility));
    sensors.insert(facility + "/" + json["sensor_id"].GetString());
    units.insert(facility + "/" + json["equipment_id"].GetString());
    CHECK(std::string_view{json["calibration_date"].GetString()}.size() == 10);
    if (json.HasMember("alert_thresholds")) {
      const auto& limits = json["alert_thresholds"];
      CHECK(limits["low_low"].GetDouble() < limits["low"].GetDouble());
      CHECK(limits["low"].GetDouble() < limits["high"].GetDouble());
      CHECK(limits["high"].GetDouble() < limits["high_high"].GetDouble());
      CHECK(limits["rate"].GetDouble() > 0);
    }
  }
  CHECK(sensors.size() == 300);
  CHECK(units.size() == 50);
  for (const auto& each : std::filesystem::directory_iterator{dir.path})
    CHECK(each.path().extension() == ".jsonl");
}

TEST_CASE("a unit in a reading is the one in the metadata") {
  const simulated_plant plant{small_plant(300), shipped_types(), plant_start};
  int seen = 0;
  for (uint32_t i = 0; i < 300; ++i) {
    std::string line;
    plant.append_reading_json(plant_slot{0, 0, plant.schedule().time_of(i, 0), i}, line);
    rapidjson::Document json;
    json.Parse(line.c_str());
    if (json.HasMember("unit")) {
      CHECK(json["unit"].GetString() == plant.layout().unit_text_of(i));
      ++seen;
    }
  }
  CHECK(seen > 0);
}

TEST_CASE("the truth tells each fault of a schedule with its times, sensor and unit") {
  auto settings = small_plant(300);
  settings.faults = {fault_of("drift", 600, 1200, "", 2), fault_of("bearing_wear", 60, 3600),
                     fault_of("stuck", 5000, 60)};
  const simulated_plant plant{settings, shipped_types(), plant_start};
  std::string text;
  append_truth(plant, plant_start, plant_start + std::chrono::seconds{5000}, text);
  const auto lines = lines_in(text);
  REQUIRE(lines.size() == 2);
  rapidjson::Document wear, drift;
  wear.Parse(lines[0].c_str());
  drift.Parse(lines[1].c_str());
  CHECK(wear["kind"] == "bearing_wear");
  CHECK(wear["start"] == "2026-01-01T00:01:00.000Z");
  CHECK(wear["end"] == "2026-01-01T01:01:00.000Z");
  CHECK(drift["kind"] == "drift");
  CHECK(drift["strength"].GetDouble() == 2);
  const auto name = std::string{drift["facility_id"].GetString()} + "/" + drift["sensor_id"].GetString();
  const auto sensor = plant.layout().find(name);
  REQUIRE(sensor);
  CHECK(plant.layout().equipment_id_of(plant_layout::unit_of(*sensor)) == drift["equipment_id"].GetString());
}

TEST_CASE("a file of readings is the same at each run") {
  directory dir;
  std::filesystem::create_directories(dir.path);
  std::string expected;
  for (const auto name : {"one", "two"}) {
    const simulated_plant plant{small_plant(), shipped_types(), plant_start};
    const auto out = write_to_file((dir.path / name).string());
    std::string line;
    for (uint64_t tick = 0; tick < 20'000; ++tick) {
      line.clear();
      plant.append_reading_json(tick, line);
      out->put("", line, plant_start);
    }
    out->finish();
  }
  CHECK(content(dir.path / "one") == content(dir.path / "two"));
  CHECK(lines_in(content(dir.path / "one")).size() == 20'000);
}

TEST_CASE("what cannot be written is named") {
  CHECK_THROWS_WITH_AS(write_to_file("/proc/nothing/readings"), doctest::Contains("/proc/nothing/readings"), failure);
  const auto full = write_to_file("/dev/full");
  full->put("", "x", plant_start);
  CHECK_THROWS_AS(full->finish(), failure);
}

TEST_CASE("a broker that is not there is the user's to hear of") {
  CHECK_THROWS_WITH_AS(write_to_kafka({"127.0.0.1:1", "readings", 8, milliseconds{1500}}),
                       doctest::Contains("127.0.0.1:1"), failure);
}

} // namespace plant_files_test
