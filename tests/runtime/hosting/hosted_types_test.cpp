#include "runtime/hosting/hosted_types.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

namespace hosted_types_test {

using namespace millwright;

namespace {

std::vector<sensor_type> types_named(std::initializer_list<const char*> names) {
  std::vector<sensor_type> out;
  for (const char* each : names)
    out.emplace_back().name = each;
  return out;
}

} // namespace

TEST_CASE("a join of sensor types that there are not is told at the start, with its name and theirs") {
  register_built_in_actor_types();
  const auto types = types_named({"generic", "vibration", "power"});
  hosted_types{}.check(types);
  hosted_types{{{"join.pairs", "a: power vibration"}}}.check(types);
  const hosted_types wrong{{{"join.pairs", "a: power vibrations; vibration-temperature"}}};
  try {
    wrong.check(types);
    FAIL("nobody noticed");
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_configuration);
    const std::string said = e.what();
    CHECK(said.find("actors.join") != std::string::npos);
    CHECK(said.find("the join a is of the sensor type \"vibrations\"") != std::string::npos);
    CHECK(said.find("the join vibration-temperature is of the sensor type \"temperature\"") != std::string::npos);
  }
}

TEST_CASE("settings of a kind that contradict each other are told by it") {
  register_built_in_actor_types();
  for (const char* kind : {"facility", "line", "join", "equipment"}) {
    const hosted_types types;
    const auto number = types.find(kind);
    REQUIRE(number < types.size());
    REQUIRE(bool{types.type(number).problem != nullptr});
    CHECK(types.type(number).problem(types.settings(number)).empty());
  }
  const hosted_types odd{{{"facility.slide", "45s"}, {"line.length", "7min"}}};
  for (const char* kind : {"facility", "line"}) {
    const auto number = odd.find(kind);
    CHECK(odd.type(number).problem(odd.settings(number)).find("multiple") != std::string::npos);
  }
}

} // namespace hosted_types_test
