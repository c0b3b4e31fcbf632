#include "protocol/failure.hpp"
#include "runtime/admin/plant_names.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

namespace plant_names_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

using scope = plant_target::scope;

plant_target meant(fake_plant& plant, const std::string& name, const std::string& facility = {},
                   const std::string& kind = {}) {
  return target_of({name, facility, kind, 20}, plant.lines, plant.source().kinds);
}

entity_key key_of(fake_plant& plant, const std::string& name, const std::string& facility = {},
                  const std::string& kind = {}) {
  const auto target = meant(plant, name, facility, kind);
  REQUIRE(target.what == scope::actor);
  return target.key;
}

std::string refusal(fake_plant& plant, const std::string& name, const std::string& facility = {},
                    const std::string& kind = {}) {
  try {
    meant(plant, name, facility, kind);
  } catch (const failure& problem) {
    CHECK(problem.code() == failure_code::not_found);
    return problem.what();
  }
  return {};
}

} // namespace

TEST_CASE("a name is a facility, a unit, or both with a slash between") {
  auto plant = small_plant();
  CHECK(meant(plant, "").what == scope::plant);
  CHECK(key_of(plant, "south") == entity_key{"facility", {"south"}, ""});
  CHECK(key_of(plant, "pump-1") == entity_key{"equipment", {"north"}, "pump-1"});
  CHECK(key_of(plant, "south/shared") == entity_key{"equipment", {"south"}, "shared"});
  plant.add(unit_kind, "a/b", "c/d", 0, "healthy");
  CHECK(key_of(plant, "a/b/c/d") == entity_key{"equipment", {"a/b"}, "c/d"});
  CHECK(key_of(plant, "c/d") == entity_key{"equipment", {"a/b"}, "c/d"});
}

TEST_CASE("a facility that is named exactly is meant, or a unit within it") {
  auto plant = small_plant();
  CHECK(key_of(plant, "", "north") == entity_key{"facility", {"north"}, ""});
  CHECK(key_of(plant, "shared", "north") == entity_key{"equipment", {"north"}, "shared"});
  CHECK(key_of(plant, "north", "south") == entity_key{"equipment", {"south"}, "north"});
}

TEST_CASE("a kind is a list, of a facility too, and with a name one of its actors") {
  auto plant = small_plant();
  const auto all = meant(plant, "", "", "oven");
  CHECK(all.what == scope::kind);
  CHECK(all.key == entity_key{"oven", {""}, ""});
  CHECK(meant(plant, "", "south", "oven").key == entity_key{"oven", {"south"}, ""});
  CHECK(key_of(plant, "oven-7", "", "oven") == entity_key{"oven", {"south"}, "oven-7"});
  CHECK(key_of(plant, "north", "", "facility") == entity_key{"facility", {"north"}, ""});
  CHECK(key_of(plant, "", "north", "facility") == entity_key{"facility", {"north"}, ""});
}

TEST_CASE("what several are called is told with what to say for each") {
  auto plant = small_plant();
  CHECK(refusal(plant, "shared") == "shared: 2 are called so; say which: north/shared, or south/shared");
  CHECK(refusal(plant, "north") == "north: 2 are called so; say which: south/north, or --facility north");
  for (int i = 0; i < 7; ++i)
    plant.add(unit_kind, "site-" + std::to_string(i), "fan", 0, "healthy");
  const auto words = refusal(plant, "fan");
  CHECK(words.find("7 are called so; say which: site-0/fan, or site-1/fan") != words.npos);
  CHECK(words.find("site-4/fan, or one of 2 more") != words.npos);
}

TEST_CASE("what nothing is called is told with the nearest name") {
  auto plant = small_plant();
  CHECK(refusal(plant, "pump-3")
            .find("no facility or unit is called so (did you mean pump-1?); millwright plant lists") !=
        std::string::npos);
  CHECK(refusal(plant, "soth").find("(did you mean south?)") != std::string::npos);
  CHECK(refusal(plant, "south/shred").find("(did you mean south/shared?)") != std::string::npos);
  CHECK(refusal(plant, "pump-1", "south").find("no unit of south is called so") != std::string::npos);
  CHECK(refusal(plant, "", "nort").find("nort: no facility is called so (did you mean north?)") != std::string::npos);
  CHECK(refusal(plant, "", "", "equipmnt")
            .find("equipmnt: no kind of actor (did you mean equipment?); there are "
                  "facility, line, equipment, join, oven") != std::string::npos);
  CHECK(refusal(plant, "oven-8", "", "oven")
            .find("no oven is called so (did you mean oven-7?); millwright plant --kind "
                  "oven lists all") != std::string::npos);
  CHECK(refusal(plant, "x", "", "join").find("no join is known yet") != std::string::npos);
  fake_plant empty;
  CHECK(refusal(empty, "north").find("no facility or unit is known yet") != std::string::npos);
}

} // namespace plant_names_test
