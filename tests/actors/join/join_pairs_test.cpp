#include "actors/join/join_pairs.hpp"

#include "actors/join/join_settings.hpp"

#include <doctest/doctest.h>

namespace join_pairs_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

std::string problem_of(std::string_view text) {
  const auto joins = parse_joins(text);
  REQUIRE(joins.problems.size() == 1);
  CHECK(joins.pairs.empty());
  return joins.problems.front();
}

bool says(std::string_view text, std::string_view what) {
  return problem_of(text).find(what) != std::string::npos;
}

} // namespace

TEST_CASE("no join is configured as a rule") {
  CHECK(joins_of(actor_settings{join_settings()}).pairs.empty());
  CHECK(parse_joins(" ; ;").pairs.empty());
  CHECK(parse_joins(" ; ;").problems.empty());
}

TEST_CASE("the shipped join is named alone or written in full") {
  const auto alone = parse_joins("vibration-temperature");
  CHECK(alone.problems.empty());
  REQUIRE(alone.named("vibration-temperature"));
  CHECK(*alone.named("vibration-temperature") == shipped_join());
  CHECK(parse_joins("vibration-temperature: vibration temperature within 1min on equipment_id").pairs == alone.pairs);
  CHECK(parse_joins("vibration-temperature: vibration temperature").pairs == alone.pairs);
}

TEST_CASE("distance and key are given in either order, several joins are parted by semicolons") {
  const auto joins = parse_joins("a: p s on facility_id within 30s;\n b:q  r within 0 ;");
  CHECK(joins.problems.empty());
  CHECK(joins.pairs ==
        std::vector{join_pair{std::string{"a"}, std::string{"p"}, std::string{"s"}, 30s, join_key::facility_id},
                    join_pair{std::string{"b"}, std::string{"q"}, std::string{"r"}, 0s, join_key::equipment_id}});
}

TEST_CASE("what is wrong with a join is told in a sentence, and the others are there") {
  CHECK(says("power-vibration", "names no sensor types"));
  CHECK(says(": p s", "has no name"));
  CHECK(says("my join: p s", "has no name"));
  CHECK(says("a: p", "is not two sensor types"));
  CHECK(says("a: p s within", "is not two sensor types"));
  CHECK(says("a: p p", "joins p with itself"));
  CHECK(says("a: p s within soon", "\"soon\" is no duration"));
  CHECK(says("a: p s within 2h", "no duration from 0 to 1h"));
  CHECK(says("a: p s within -1s", "no duration"));
  CHECK(says("a: p s on line", "not on \"line\""));
  CHECK(says("a: p s by equipment_id", "\"by\" is neither"));
  const auto joins = parse_joins("a: p s; b: p; a: q r");
  CHECK(joins.pairs.size() == 1);
  REQUIRE(joins.problems.size() == 2);
  actor_settings settings{join_settings()};
  CHECK(join_settings_problem(settings).empty());
  REQUIRE(settings.set("pairs", "a: p s; b: p; a: q r"));
  CHECK(join_settings_problem(settings) == joins.problems[0] + "; " + joins.problems[1]);
  CHECK(joins.problems[1].find("two joins of that name") != std::string::npos);
}

TEST_CASE("types that nobody knows are told, each with its join") {
  const auto unknown = parse_joins("a: power vibrations; b: Power vibration").unknown_types([](std::string_view type) {
    return type == "power" || type == "vibration";
  });
  REQUIRE(unknown.size() == 2);
  CHECK(unknown[0] == "the join a is of the sensor type \"vibrations\", which is none: types match exactly");
  CHECK(unknown[1].find("\"Power\"") != std::string::npos);
}

TEST_CASE("a changed setting is read anew") {
  actor_settings settings{join_settings()};
  REQUIRE(settings.set("pairs", "a: p s"));
  CHECK(joins_of(settings).named("a"));
  REQUIRE(settings.set("pairs", "b: p s"));
  CHECK_FALSE(joins_of(settings).named("a"));
  CHECK(joins_of(settings).named("b"));
}

} // namespace join_pairs_test
