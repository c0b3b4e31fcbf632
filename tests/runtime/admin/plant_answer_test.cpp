#include "tests/runtime/admin/admin_fixture.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

namespace plant_answer_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

/// Its lines, each up to its page, which is the actor's own.
std::vector<std::string> rows_of(const plant_answer& answer) {
  std::vector<std::string> out;
  for (size_t from = 0; from < answer.rows.size();) {
    const auto to = answer.rows.find('\n', from);
    REQUIRE(to != answer.rows.npos);
    auto row = answer.rows.substr(from, to - from);
    if (const auto page = row.find(",\"page\":{"); page != row.npos)
      row.resize(page);
    out.push_back(row);
    from = to + 1;
  }
  return out;
}

} // namespace

TEST_CASE("the whole plant is its counts, its facilities and the units that are not well, each the worst first") {
  auto plant = small_plant();
  const auto answer = answer_plant({}, plant.source());
  const auto rows = rows_of(answer);
  REQUIRE(rows.size() == 5);
  CHECK(rows[0] == R"({"row":"plant","counts":{"facilities":2,"lines":1,"units":6,)"
                   R"("units_by_health":{"unstable":1,"offline":1,"learning":1,"healthy":3}}})");
  CHECK(rows[1] == R"({"row":"facility","facility_id":"north","id":"","rank":3,"state":"in alarm",)"
                   R"("reason":"1 sensor in alarm","since":"2026-11-18T11:06:40.000Z",)"
                   R"("newest":"2026-11-18T11:07:40.000Z","counts":{"facilities":1,"lines":1,"units":3,)"
                   R"("units_by_health":{"unstable":1,"healthy":2}})");
  CHECK(rows[2].find(R"("facility_id":"south")") != std::string::npos);
  CHECK(rows[2].ends_with(R"(,"page":null})"));
  CHECK(rows[3].find(R"({"row":"unit","facility_id":"north","id":"pump-1","rank":5,"state":"unstable")") == 0);
  CHECK(rows[4].find(R"("id":"fan-1")") != std::string::npos);
  CHECK(answer.total == 2);
  CHECK(answer.rows.find(R"("distinct_sensors":1334)") != std::string::npos);
}

TEST_CASE("no more rows of a list are given than were asked for, and no more pages asked for") {
  auto plant = small_plant();
  const auto answer = answer_plant({{}, {}, {}, 1}, plant.source());
  CHECK(rows_of(answer).size() == 3);
  CHECK(answer.total == 2);
  CHECK(plant.asked.size() == 1);
  CHECK(rows_of(answer_plant({"north", "", "facility", 2}, plant.source())).size() == 4);
}

TEST_CASE("a facility has its lines and all of its units, a unit its page") {
  auto plant = small_plant();
  const auto answer = answer_plant({{}, "north", {}, 20}, plant.source());
  const auto rows = rows_of(answer);
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].find(R"({"row":"line","facility_id":"north","id":"A")") == 0);
  CHECK(rows[2].find(R"("id":"pump-1")") != std::string::npos);
  CHECK(rows[3].find(R"("id":"pump-2")") != std::string::npos);
  CHECK(answer.total == 3);
  const auto unit = answer_plant({"pump-1", {}, {}, 20}, plant.source());
  CHECK(lines_in(unit.rows) == 1);
  CHECK(unit.rows.find(R"("runtime_hours":12.5)") != std::string::npos);
  CHECK(unit.rows.ends_with("]}}\n"));
}

TEST_CASE("an actor of any kind can be looked at") {
  auto plant = small_plant();
  CHECK(rows_of(answer_plant({{}, {}, "oven", 20}, plant.source())) ==
        std::vector<std::string>{R"({"row":"actor","kind":"oven","facility_id":"south","id":"oven-7","rank":3,)"
                                 R"("state":"too hot","reason":"door open","since":"2026-11-18T11:06:40.000Z",)"
                                 R"("newest":"2026-11-18T11:07:40.000Z"})"});
  CHECK(answer_plant({"oven-7", {}, "oven", 20}, plant.source()).rows.find(R"("page":{"set_point":1250)") !=
        std::string::npos);
  CHECK(answer_plant({{}, {}, "join", 20}, plant.source()).rows.empty());
}

TEST_CASE("actors that do not answer are not waited for one by one") {
  fake_plant plant;
  for (int i = 0; i < 50; ++i)
    plant.add(facility_kind, "site-" + std::to_string(i), "", 0, "well");
  CHECK(rows_of(answer_plant({}, plant.source())).size() == 21);
  CHECK(plant.asked.size() == 3);
}

} // namespace plant_answer_test
