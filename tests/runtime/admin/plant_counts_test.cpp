#include "runtime/admin/plant_counts.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

namespace plant_counts_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("a plant is counted by kind, its units by health, the worst first and the healthy untold") {
  CHECK(plant_text({}).empty());
  const auto counts = count_plant(small_plant().lines);
  CHECK(plant_text(counts) == "2 facilities, 6 units: 1 unstable, 1 offline, 1 learning");
  std::string json;
  append_json(json, counts);
  CHECK(json == R"({"facilities":2,"lines":1,"units":6,)"
                R"("units_by_health":{"unstable":1,"offline":1,"learning":1,"healthy":3}})");
  fake_plant one;
  one.add(facility_kind, "north", "", 0, "well");
  one.add(unit_kind, "north", "pump-1", 0, "");
  CHECK(plant_text(count_plant(one.lines)) == "1 facility, 1 unit: 1 unknown");
}

TEST_CASE("a state's place is that of its mildest unit: one that pages takes the others of its state nowhere") {
  fake_plant plant;
  plant.add(unit_kind, "north", "a", 6, "degraded");
  plant.add(unit_kind, "north", "b", 3, "degraded");
  plant.add(unit_kind, "north", "c", 4, "unstable");
  const auto states = count_plant(plant.lines).units_by_health.worst_first();
  REQUIRE(states.size() == 2);
  CHECK(states[0].state == "unstable");
  CHECK(states[1].count == 2);
}

TEST_CASE("a running node's plant is counted once a second") {
  int asked = 0;
  plant_counter counter{[&] {
    ++asked;
    return count_plant(small_plant().lines);
  }};
  const auto begun = plant_counter::clock::now();
  CHECK(counter.counted(begun).units == 6);
  CHECK(counter.counted(begun + 999ms).units == 6);
  CHECK(asked == 1);
  CHECK(counter.counted(begun + 30s).facilities == 2);
  CHECK(asked == 2);
}

} // namespace plant_counts_test
