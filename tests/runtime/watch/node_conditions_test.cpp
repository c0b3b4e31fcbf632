#include "runtime/watch/node_conditions.hpp"

#include <doctest/doctest.h>

namespace node_conditions_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'000'000);
const detection_settings defaults;

/// As the router knows an alarm of a former run.
alarm_record left(rule which, const std::string& subject, event_time raised, alarm_state state, uint32_t number) {
  alarm_record x;
  x.raise.condition = {{}, {}, {subject}, which};
  x.raise.raised_at = raised;
  x.raise.alarm = alarm_id_of(x.raise.condition, raised, 1);
  x.raise.pages = true;
  x.latest = x.raise;
  x.latest.at = raised;
  x.last_number = number;
  x.state = state;
  return x;
}

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

TEST_CASE("a stretch long after is another alarm, and so is another subject") {
  node_conditions node{defaults};
  const auto first = node.raise(rule::ledger, "a", start, "");
  node.clear(rule::ledger, "a", start, "");
  const auto second = node.raise(rule::ledger, "a", start + 1h, "");
  const auto other = node.raise(rule::ledger, "b", start, "");
  REQUIRE((first && second && other));
  CHECK(first->alarm != second->alarm);
  CHECK(second->alarm != other->alarm);
}

TEST_CASE("what a former run left standing goes on as that alarm, and what was just over is reopened") {
  node_conditions node{defaults};
  node.restore(left(rule::bad_input, "a", start, alarm_state::active, 3));
  // The older one of the same condition, whatever order they come in.
  node.restore(left(rule::bad_input, "a", start - 60s, alarm_state::cleared, 2));
  CHECK_FALSE(node.raise(rule::bad_input, "a", start + 1s, ""));
  const auto cleared = node.clear(rule::bad_input, "a", start + 2s, "");
  REQUIRE(cleared);
  CHECK(cleared->alarm == left(rule::bad_input, "a", start, alarm_state::active, 3).id());
  CHECK(cleared->number == 4);
  CHECK(cleared->raised_at == start);

  node.restore(left(rule::bad_input, "b", start, alarm_state::cleared, 2));
  CHECK_FALSE(node.clear(rule::bad_input, "b", start + 1s, ""));
  const auto again = node.raise(rule::bad_input, "b", start + 4min, "");
  REQUIRE(again);
  CHECK(again->kind == transition_kind::reopened);
  CHECK(again->number == 3);
}

TEST_CASE("a rule that is switched off raises nothing") {
  detection_settings settings;
  settings.of(rule::bad_input).alarm = false;
  node_conditions node{settings};
  CHECK_FALSE(node.raise(rule::bad_input, "a", start, ""));
}

TEST_CASE("raised again within five minutes it is the same alarm, and pages nobody once more") {
  node_conditions node{defaults};
  const auto first = node.raise(rule::source_silent, "readings/3", start, "silent");
  node.clear(rule::source_silent, "readings/3", start + 10s, "back");
  const auto again = node.raise(rule::source_silent, "readings/3", start + 5min + 10s, "silent");
  REQUIRE(again);
  CHECK(again->alarm == first->alarm);
  CHECK(again->kind == transition_kind::reopened);
  CHECK(again->number == 3);
  CHECK_FALSE(again->pages);
  node.clear(rule::source_silent, "readings/3", start + 6min, "back");
  const auto later = node.raise(rule::source_silent, "readings/3", start + 11min + 1ms, "silent");
  CHECK(later->alarm != first->alarm);
  CHECK(later->pages);
}

TEST_CASE("the third raise in ten minutes holds it until ten minutes have passed without one") {
  node_conditions node{defaults};
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(node.raise(rule::ledger, "a", start + i * 1min, "full")->chattering);
    CHECK(node.clear(rule::ledger, "a", start + i * 1min + 10s, "works"));
  }
  const auto third = node.raise(rule::ledger, "a", start + 2min, "full");
  CHECK(third->chattering);
  CHECK_FALSE(node.clear(rule::ledger, "a", start + 3min, "works"));
  CHECK(node.active(rule::ledger, "a"));
  CHECK_FALSE(node.raise(rule::ledger, "a", start + 4min, "full"));
  CHECK(node.due(start + 14min).empty());
  CHECK_FALSE(node.clear(rule::ledger, "a", start + 15min, "works"));
  CHECK(node.due(start + 25min - 1ms).empty());
  const auto over = node.due(start + 25min);
  REQUIRE(over.size() == 1);
  CHECK(over[0].kind == transition_kind::cleared);
  CHECK(over[0].alarm == third->alarm);
  CHECK(over[0].reason == "works");
  CHECK_FALSE(node.active(rule::ledger, "a"));
}

TEST_CASE("another reason is told as an update, once a minute, and pages nobody") {
  node_conditions node{defaults};
  const auto raised = node.update(rule::clock_skew, "a", start, "1 sensor");
  CHECK(raised->kind == transition_kind::raised);
  CHECK_FALSE(node.update(rule::clock_skew, "a", start + 2min, "1 sensor"));
  const auto updated = node.update(rule::clock_skew, "a", start + 3min, "2 sensors");
  REQUIRE(updated);
  CHECK(updated->kind == transition_kind::updated);
  CHECK(updated->alarm == raised->alarm);
  CHECK_FALSE(updated->pages);
  CHECK_FALSE(node.update(rule::clock_skew, "a", start + 3min + 59s, "3 sensors"));
  CHECK(node.update(rule::clock_skew, "a", start + 4min, "3 sensors"));
}

TEST_CASE("what only happened is over by itself") {
  node_conditions node{defaults};
  CHECK(node.happened(rule::misconfigured, "lost", start, "500 readings", 1h)->pages);
  CHECK(node.due(start + 59min).empty());
  CHECK(node.due(start + 1h).size() == 1);
  CHECK_FALSE(node.active(rule::misconfigured, "lost"));
}

TEST_CASE("what happened before a restart is over an hour after it happened, and waits for no judgement") {
  node_conditions node{defaults};
  node.restore(left(rule::misconfigured, "lost readings of a/0 from 7", start, alarm_state::active, 1));
  node.restore(left(rule::misconfigured, "metadata", start, alarm_state::active, 1));
  node.happened_before(rule::misconfigured, "lost readings of ", 1h);
  CHECK(node.left(rule::misconfigured) == std::vector<std::string>{"metadata"});
  CHECK(node.due(start + 59min).empty());
  const auto ended = node.due(start + 1h);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].condition.unit.text == "lost readings of a/0 from 7");
  CHECK(ended[0].reason == "it was told");
  CHECK(node.active(rule::misconfigured, "metadata"));
}

TEST_CASE("what a former run left active stands until it is judged") {
  node_conditions node{defaults};
  node.restore(left(rule::clock_skew, "a", start, alarm_state::active, 3));
  node.restore(left(rule::clock_skew, "b", start, alarm_state::active, 1));
  CHECK(node.left(rule::clock_skew) == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(node.update(rule::clock_skew, "a", start + 1h, "").has_value());
  CHECK(node.update(rule::clock_skew, "a", start + 1h, "still 2 sensors")->number == 4);
  CHECK(node.left(rule::clock_skew) == std::vector<std::string>{"b"});
  CHECK(node.clear(rule::clock_skew, "b", start + 1h, "over")->number == 2);
  CHECK(node.left(rule::clock_skew).empty());
}

TEST_CASE("conditions that are long over take no memory, and their next raise is a new alarm") {
  node_conditions node{defaults};
  const auto first = node.raise(rule::quarantined, "a", start, "");
  node.clear(rule::quarantined, "a", start + 1s, "");
  CHECK(node.due(start + 1h).empty());
  const auto second = node.raise(rule::quarantined, "a", start + 2h, "");
  CHECK(second->alarm != first->alarm);
  CHECK(second->number == 1);
}

TEST_CASE("what stands is taken up though the wall clock was set back and something newer is over") {
  for (const bool newer_first : {false, true}) {
    node_conditions node{defaults};
    const auto over = left(rule::ledger, "a", start, alarm_state::cleared, 2);
    const auto stands = left(rule::ledger, "a", start - 1h, alarm_state::active, 1);
    node.restore(newer_first ? over : stands);
    node.restore(newer_first ? stands : over);
    const auto cleared = node.clear(rule::ledger, "a", start - 30min, "works");
    REQUIRE(cleared);
    CHECK(cleared->alarm == stands.id());
    CHECK(cleared->number == 2);
  }
}

TEST_CASE("of two alarms of one condition that stand the newer goes on and the other is cleared") {
  for (const bool newer_first : {false, true}) {
    node_conditions node{defaults};
    const auto older = left(rule::ledger, "a", start, alarm_state::active, 3);
    const auto newer = left(rule::ledger, "a", start + 1h, alarm_state::active, 1);
    node.restore(newer_first ? newer : older);
    node.restore(newer_first ? older : newer);
    const auto ended = node.due(start + 2h);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].alarm == older.id());
    CHECK(ended[0].number == 4);
    CHECK(ended[0].kind == transition_kind::cleared);
    CHECK(node.due(start + 2h).empty());
    CHECK(node.clear(rule::ledger, "a", start + 2h, "works")->alarm == newer.id());
  }
}

} // namespace node_conditions_test
