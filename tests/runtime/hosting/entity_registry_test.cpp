#include "runtime/hosting/entity_registry.hpp"

#include "runtime/ledger/ledger.hpp"
#include "tests/runtime/hosting/meter.hpp"

#include <doctest/doctest.h>

namespace entity_registry_test {

using namespace millwright;

namespace {

sensor_context sensor_of(const std::string& facility, const std::string& unit) {
  sensor_context out;
  out.key.facility.text = facility;
  out.equipment.text = unit;
  return out;
}

} // namespace

TEST_CASE("sensors of one unit count in one thing, those of the same name elsewhere in another, and some in none") {
  meter_type();
  const hosted_types types;
  entity_registry registry{types};
  const auto first = registry.targets_of(sensor_of("BR", "P-1"));
  REQUIRE(first.size() == 1);
  CHECK(registry.targets_of(sensor_of("BR", "P-1")) == first);
  CHECK(registry.targets_of(sensor_of("VI", "P-1")) != first);
  CHECK(registry.targets_of(sensor_of("BR", "")).empty());
  CHECK(registry.size() == 2);
  CHECK(registry.key(first[0].index) == entity_key{"meter", {"BR"}, "P-1"});
  CHECK(registry.ledger_key(first[0].index) == actor_ledger_key({"meter", {"BR"}, "P-1"}));
  CHECK(registry.find({"meter", {"BR"}, "P-1"}) == first[0].index);
  CHECK_FALSE(registry.find({"meter", {"BR"}, "P-2"}));
  CHECK_FALSE(registry.add({"unheard-of", {"BR"}, "P-2"}));
}

TEST_CASE("a setting reaches the kind that declares it") {
  meter_type();
  const hosted_types types{{{"meter.least", "5"}, {"unheard-of.key", "1"}}};
  CHECK(types.settings(types.find("meter")).number("least") == 5);
}

} // namespace entity_registry_test
