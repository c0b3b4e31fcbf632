#include "runtime/metadata/plant_metadata.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace unknown_keys_test {

using namespace millwright;

namespace {

std::vector<std::string> notices_of(std::string_view facilities, std::string_view sensors) {
  return plant_metadata::parse(facilities, sensors, "facilities.jsonl", "sensors.jsonl").notices();
}

} // namespace

TEST_CASE("an unknown key of a row is told once a key, with its first line, how often, and what was meant") {
  const auto told = notices_of(R"({"facility_id":"north","time_zone":"UTC"})",
                               "{\"sensor_id\":\"A\",\"unit\":\"bar\"}\n"
                               "{\"sensor_id\":\"B\",\"alert_treshold\":{\"high\":3},\"alert_treshold\":1}\n"
                               "\n"
                               "{\"sensor_id\":\"C\",\"alert_treshold\":null,\"colour\":\"red\"}\n");
  CHECK(told ==
        std::vector<std::string>{
            "facilities.jsonl:1: unknown key `time_zone` (did you mean timezone?), not looked at; in 1 row",
            "sensors.jsonl:2: unknown key `alert_treshold` (did you mean alert_thresholds?), not looked at; in 2 rows",
            "sensors.jsonl:4: unknown key `colour`, not looked at; in 1 row"});
}

TEST_CASE("rows with every key that there is are told nothing") {
  CHECK(notices_of(R"({"facility_id":"n","facility_name":"N","location":"x","timezone":"UTC","production_line":"1"})",
                   R"({"sensor_id":"A","facility_id":"n","equipment_id":"e","unit":"u","maintenance_schedule":"m",)"
                   R"("calibration_date":"c","alert_thresholds":{"high":1},"criticality":"low"})")
            .empty());
}

TEST_CASE("rows whose keys are data do not fill the log") {
  std::string rows;
  for (int i = 0; i < 1000; ++i)
    rows += "{\"sensor_id\":\"A\",\"x" + std::to_string(1000 + i) + std::string(500, 'y') + "\":1}\n";
  const auto told = notices_of("", rows);
  CHECK(told.size() == 21);
  CHECK(told.back() == "sensors.jsonl: and further unknown keys");
  CHECK(std::all_of(told.begin(), told.end(), [](const auto& each) { return each.size() < 200; }));
}

} // namespace unknown_keys_test
