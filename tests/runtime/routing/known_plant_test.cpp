#include "runtime/routing/known_plant.hpp"

#include "protocol/failure.hpp"
#include "runtime/routing/route_notices.hpp"
#include "tests/runtime/metadata/metadata_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace known_plant_test {

using namespace millwright;

namespace {

constexpr char two_sites[] = "{\"facility_id\":\"main\"}\n{\"facility_id\":\"north\"}\n";

plant_settings files_of(const metadata_files& files, bool with_facilities) {
  plant_settings out;
  out.facilities = with_facilities ? files.facilities : std::string{};
  out.sensors = files.sensors;
  return out;
}

known_plant plant_of(const std::string& sensors, bool with_facilities = true) {
  const metadata_files files;
  files.write(files.facilities, two_sites);
  files.write(files.sensors, sensors);
  return read_known_plant(files_of(files, with_facilities));
}

} // namespace

TEST_CASE("a sensor whose row gives no criticality has its unit's, and no priority is tried that never occurs") {
  const auto plant = plant_of(R"({"sensor_id":"A","facility_id":"main","equipment_id":"fan","criticality":"low"}
{"sensor_id":"B","facility_id":"main","equipment_id":"fan"}
{"sensor_id":"C","facility_id":"north","equipment_id":"fan"}
{"sensor_id":"D","facility_id":"main"}
)");
  CHECK(*plant.units == std::set<known_plant::unit>{{"main", "fan", criticality::low},
                                                    {"north", "fan", criticality::unknown},
                                                    {"main", "", criticality::unknown}});
  const auto one = plant_of(R"({"sensor_id":"A","facility_id":"north","equipment_id":"fan","criticality":"low"}
{"sensor_id":"B","facility_id":"north","equipment_id":"fan"}
)");
  const auto world = alarm_world_of(node_settings{}, one, {});
  CHECK(std::none_of(world.sorts.begin(), world.sorts.end(), [](const auto& each) {
    return each.which == rule::limit && each.level == severity::high && each.priority != 35;
  }));
}

TEST_CASE("what is said of a unit for every facility holds where its facility says nothing of it") {
  const std::string sensors = R"({"sensor_id":"A","equipment_id":"press","criticality":"high"}
{"sensor_id":"B","facility_id":"main","equipment_id":"press"}
{"sensor_id":"C","facility_id":"north","equipment_id":"press","criticality":"low"}
)";
  const auto plant = plant_of(sensors, false);
  CHECK(plant.criticality_of("main", "press") == criticality::high);
  CHECK(plant.criticality_of("moon", "press") == criticality::high);
  CHECK(plant.criticality_of("north", "press") == criticality::low);
  CHECK(plant.criticality_of("main", "fan") == criticality::unknown);
  CHECK(*plant.units == std::set<known_plant::unit>{{"", "press", criticality::high},
                                                    {"main", "press", criticality::high},
                                                    {"north", "press", criticality::low}});
  CHECK(plant_of(sensors).criticality_of("moon", "press") == criticality::high);
}

TEST_CASE("a directory in the place of a file of the plant cannot be read") {
  plant_settings files;
  files.sensors = "/";
  CHECK_THROWS_WITH_AS(read_known_plant(files), doctest::Contains("/: cannot be read: Is a directory"), failure);
}

} // namespace known_plant_test
