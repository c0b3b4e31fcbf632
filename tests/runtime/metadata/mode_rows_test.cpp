#include "protocol/failure.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace mode_rows_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

plant_metadata of_rows(const std::string& rows) {
  return plant_metadata::parse({}, rows);
}

sensor_context of_sensor(const plant_metadata& plant, const std::string& sensor) {
  sensor_context out;
  out.key = {{"main"}, {sensor}};
  plant.fill(out);
  return out;
}

std::string words_of(const plant_metadata& plant, const std::string& sensor) {
  return operating_mode::of(of_sensor(plant, sensor).when.view())->words();
}

bool refused(const std::string& when, const std::string& why) {
  try {
    of_rows(R"({"sensor_id":"FI-1","facility_id":"main",)" + when + "}\n");
  } catch (const failure& problem) {
    return std::string{problem.what()}.find(why) != std::string::npos &&
           std::string{problem.what()}.find("sensors:1") != std::string::npos;
  }
  return false;
}

} // namespace

TEST_CASE("a sensor's row says when its rules hold, and whose readings decide it") {
  const auto plant =
      of_rows(R"({"sensor_id":"FI-1","facility_id":"main","when":{"sensor":"PW-1","above":5,"for":"60s"}})"
              "\n"
              R"({"sensor_id":"PW-1","facility_id":"main"})");
  CHECK(words_of(plant, "FI-1") == "PW-1 is above 5 for 1 min");
  CHECK_FALSE(of_sensor(plant, "FI-1").decides);
  CHECK(of_sensor(plant, "PW-1").decides);
  CHECK(of_sensor(plant, "PW-1").when.empty());
  REQUIRE(plant.decided_by("PW-1").size() == 1);
  CHECK(plant.decided_by("PW-1")[0] == mode_condition{"PW-1", true, 5, 60s});
  CHECK(plant.decided_by("FI-1").empty());
  CHECK(plant.notices().empty());
}

TEST_CASE("several conditions all hold, and some rules alone may wait for them") {
  const auto plant = of_rows(R"({"sensor_id":"FI-1","when":[{"sensor":"PW-1","above":5},{"sensor":"TI-1","below":80}],)"
                             R"("when_rules":["limit","state"]})");
  const auto mode = operating_mode::of(of_sensor(plant, "FI-1").when.view());
  REQUIRE(mode);
  CHECK(names_of(mode->rules) == std::vector<std::string>{"limit", "state"});
  CHECK(mode->words() == "PW-1 is above 5 and TI-1 is below 80");
}

TEST_CASE("a unit's row is for all of its sensors but those that decide, and a sensor's own goes before it") {
  const auto plant = of_rows(R"({"equipment_id":"P-1","facility_id":"main","when":{"sensor":"PW-1","above":5}})"
                             "\n"
                             R"({"sensor_id":"PW-1","facility_id":"main","equipment_id":"P-1"})"
                             "\n"
                             R"({"sensor_id":"FI-1","facility_id":"main","equipment_id":"P-1"})"
                             "\n"
                             R"({"sensor_id":"FI-2","facility_id":"main","equipment_id":"P-1","when":[]})"
                             "\n"
                             R"({"sensor_id":"FI-3","facility_id":"main","equipment_id":"P-2"})");
  CHECK(words_of(plant, "FI-1") == "PW-1 is above 5");
  CHECK(words_of(plant, "FI-2").empty());
  CHECK(words_of(plant, "FI-3").empty());
  CHECK(words_of(plant, "PW-1").empty());
}

TEST_CASE("who asks for a sensor that no row is about is told with the line") {
  const auto plant = of_rows(R"({"sensor_id":"FI-1","facility_id":"main","when":{"sensor":"PW-9","above":5}})");
  REQUIRE(plant.notices().size() == 1);
  CHECK(plant.notices()[0] == "sensors:1: `when` asks for PW-9 of main, which no row is about; as long as it sends "
                              "nothing, rules hold from the tenth minute on");
}

TEST_CASE("a mistake is refused with its line and the reason") {
  CHECK(refused(R"("when":{"sensor":"FI-1","above":5})", "`when` asks for FI-1 itself"));
  CHECK(refused(R"("when":{"sensor":"PW-1"})", "either `above` or `below`"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":5,"below":9})", "either `above` or `below`"));
  CHECK(refused(R"("when":{"above":5})", "expected `when.sensor`"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":"5"})", "expected `when.above` to be a finite number"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":5,"for":60})", "expected `when.for` to be a duration"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":5,"for":"2d"})", "expected `when.for` to be a duration"));
  CHECK(refused(R"("when":{"sensor":"PW-1","abov":5})", "unknown key `abov` in `when`"));
  CHECK(refused(R"("when":true)", "expected `when` to be an object"));
  CHECK(refused(R"("when_rules":["limit"])", "`when_rules` without `when`"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":5},"when_rules":["limits"])", "unknown rule `limits`"));
  CHECK(refused(R"("when":{"sensor":"PW-1","above":5},"when_rules":["ledger"])", "unknown rule `ledger`"));
}

TEST_CASE("what a version that did not look at the key has stored opens, whatever stands there") {
  const auto content = metadata_content({}, R"({"sensor_id":"FI-1","facility_id":"main","when":"monday"})", "f", "s");
  CHECK_THROWS_AS(plant_metadata::from_content(content), failure);
  CHECK(of_sensor(plant_metadata::from_stored(content), "FI-1").when.empty());
}

} // namespace mode_rows_test
