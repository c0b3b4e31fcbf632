#include "runtime/node/node_conditions.hpp"

#include <doctest/doctest.h>

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'000'000);
const detection_settings defaults;

} // namespace

TEST_CASE("a condition pages when it is raised, once, and its clear continues the same alarm") {
  node_conditions node{defaults};
  const auto raised = node.raise(rule::source_silent, "readings/3", start, "no reading for 60 s");
  REQUIRE(raised);
  CHECK(raised->pages);
  CHECK(raised->number == 1);
  CHECK(raised->priority == 80);
  CHECK(raised->condition.unit.text == "readings/3");
  CHECK_FALSE(node.raise(rule::source_silent, "readings/3", start + 1s, "again"));
  const auto cleared = node.clear(rule::source_silent, "readings/3", start + 2s, "it is back");
  REQUIRE(cleared);
  CHECK(cleared->alarm == raised->alarm);
  CHECK(cleared->number == 2);
  CHECK_FALSE(cleared->pages);
  CHECK_FALSE(node.clear(rule::source_silent, "readings/3", start + 3s, ""));
}

TEST_CASE("a later stretch is another alarm, and so is another subject") {
  node_conditions node{defaults};
  const auto first = node.raise(rule::ledger, "a", start, "");
  node.clear(rule::ledger, "a", start, "");
  const auto second = node.raise(rule::ledger, "a", start, "");
  const auto other = node.raise(rule::ledger, "b", start, "");
  REQUIRE((first && second && other));
  CHECK(first->alarm != second->alarm);
  CHECK(second->alarm != other->alarm);
}

TEST_CASE("what a former run left active is cleared as that alarm") {
  node_conditions node{defaults};
  const uuid alarm = uuid_v5("left");
  node.restore(rule::bad_input, "a", alarm, 1, start);
  CHECK_FALSE(node.raise(rule::bad_input, "a", start + 1s, ""));
  const auto cleared = node.clear(rule::bad_input, "a", start + 2s, "");
  REQUIRE(cleared);
  CHECK(cleared->alarm == alarm);
  CHECK(cleared->number == 2);
}

TEST_CASE("a rule that is switched off raises nothing") {
  detection_settings settings;
  settings.of(rule::bad_input).alarm = false;
  node_conditions node{settings};
  CHECK_FALSE(node.raise(rule::bad_input, "a", start, ""));
}
