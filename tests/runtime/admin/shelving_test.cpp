#include "protocol/failure.hpp"
#include "runtime/admin/shelving.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

namespace shelving_test {

using namespace millwright;

namespace {

// A sensor of each name is in each facility that is listed; the filter is not obeyed, as where a name holds a star.
sensor_lister living(std::vector<sensor_key> keys) {
  return [keys](const sensor_filter&) {
    sensor_list out;
    for (const auto& each : keys)
      out.sensors.push_back({each, sensor_presence::living, {}, never});
    return out;
  };
}

const auto sensors =
    living({{{"north"}, {"TI-1"}}, {{"south"}, {"TI-2"}}, {{"north"}, {"TI-2"}}, {{"north"}, {"shared"}}});

std::string named(shelving_request request) {
  const auto lines = testing::small_plant().lines;
  try {
    const auto found = place_of(request, lines, sensors);
    return found ? subject_of(*found) : "none";
  } catch (const failure& problem) {
    return problem.what();
  }
}

} // namespace

TEST_CASE("a sensor or a unit is found by its id, by FACILITY/ID, or by its id within a facility") {
  CHECK(named({"TI-1", {}, {}, {}, {}, {}}) == "sensor TI-1 of north");
  CHECK(named({"south/TI-2", {}, {}, {}, {}, {}}) == "sensor TI-2 of south");
  CHECK(named({"TI-2", "north", {}, {}, {}, {}}) == "sensor TI-2 of north");
  CHECK(named({"pump-1", {}, {}, {}, {}, {}}) == "unit pump-1 of north");
  CHECK(named({"north/pump-1", {}, "unit", {}, {}, {}}) == "unit pump-1 of north");
  CHECK(named({"pump-1", {}, "sensor", {}, {}, {}}) == "none");
  CHECK(named({"pump-1", {}, "alarm", {}, {}, {}}) == "none");
  CHECK(named({"TI-9", {}, {}, {}, {}, {}}) == "none");
  CHECK(named({"TI-*", {}, {}, {}, {}, {}}) == "none");
}

TEST_CASE("where several are called so nothing is shelved, and what there is is said") {
  CHECK(named({"TI-2", {}, {}, {}, {}, {}})
            .find("2 are called so: sensor TI-2 of south, sensor TI-2 of north; say which") != std::string::npos);
  CHECK(named({"shared", "north", {}, {}, {}, {}})
            .find("2 are called so: unit shared of north, sensor shared of north") != std::string::npos);
  CHECK(named({"shared", "north", "sensor", {}, {}, {}}) == "sensor shared of north");
}

TEST_CASE("an alarm may be meant by what looks like the beginning of an id, and by nothing within a facility") {
  const auto may_be = [](shelving_request request) { return shelving_of(request, "anna", {}, sensors).may_be_alarm; };
  CHECK(may_be({"1f3a", {}, {}, {}, {}, {}}));
  CHECK(may_be({"1F3A9C02-12", {}, {}, {}, {}, {}}));
  CHECK_FALSE(may_be({"1f3", {}, {}, {}, {}, {}}));
  CHECK(may_be({"1f3", {}, "alarm", {}, {}, {}}));
  CHECK_FALSE(may_be({"1f3a", "north", {}, {}, {}, {}}));
  CHECK_FALSE(may_be({"1f3a", {}, "unit", {}, {}, {}}));
  CHECK_FALSE(may_be({"pump", {}, {}, {}, {}, {}}));
  const auto asked = shelving_of({"TI-1", {}, {}, milliseconds{5}, "x", "why"}, "anna", {}, sensors);
  CHECK(asked.by == "anna");
  CHECK(asked.text == "why");
  CHECK(asked.lasts == milliseconds{5});
}

} // namespace shelving_test
