#include "actors/facility/facility_model.hpp"
#include "actors/facility/facility_settings.hpp"
#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

namespace sensors_by_state_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

alarm_transition told(std::string sensor, rule which, transition_kind kind, bool pages = true, int minute = 0) {
  alarm_transition out;
  out.condition = {{std::string{"f"}}, {sensor}, {}, which};
  out.raised_at = plant::start + std::chrono::minutes{minute};
  out.at = out.raised_at;
  out.alarm = alarm_id_of(out.condition, plant::start, 1);
  out.kind = kind;
  out.pages = pages;
  return out;
}

sensor_states states_of(const std::vector<alarm_transition>& transitions) {
  sensors_by_state out;
  out.take(transitions);
  return out.counted();
}

const auto raised = transition_kind::raised, cleared = transition_kind::cleared;

} // namespace

TEST_CASE("a sensor is counted once a state, in each state that it is in") {
  CHECK(states_of({}) == sensor_states{});
  CHECK(states_of({told("a", rule::limit, raised), told("a", rule::rate, raised), told("b", rule::limit, raised)}) ==
        sensor_states{.in_alarm = 2, .concerned = 2});
  CHECK(states_of({told("a", rule::stale, raised), told("a", rule::range, raised), told("a", rule::stuck, raised)}) ==
        sensor_states{.stale = 1, .bad = 1, .concerned = 1});
  CHECK(states_of({told("a", rule::bad_quality, raised, false)}) == sensor_states{.bad = 1, .concerned = 1});
}

TEST_CASE("outside of its learned range a sensor is abnormal, and in alarm where somebody is paged for it") {
  CHECK(states_of({told("a", rule::state, raised, false)}) == sensor_states{.abnormal = 1, .concerned = 1});
  CHECK(states_of({told("a", rule::state, raised, false), told("a", rule::state, transition_kind::updated, true)}) ==
        sensor_states{.abnormal = 1, .in_alarm = 1, .concerned = 1});
}

TEST_CASE("what is only shown is no state") {
  CHECK(states_of({told("a", rule::z, raised, false), told("b", rule::novelty, raised, false)}) == sensor_states{});
}

TEST_CASE("what has ended, or belongs to a group or the node, does not count; what is acknowledged does") {
  CHECK(states_of({told("a", rule::limit, raised), told("a", rule::limit, cleared)}) == sensor_states{});
  CHECK(states_of({told("a", rule::state, raised, false), told("a", rule::state, transition_kind::adapted)}) ==
        sensor_states{});
  CHECK(states_of({told("a", rule::limit, raised), told("a", rule::limit, cleared),
                   told("a", rule::limit, transition_kind::reopened)})
            .in_alarm == 1);
  CHECK(states_of({told("a", rule::limit, raised), told("a", rule::limit, transition_kind::acknowledged)}).in_alarm ==
        1);
  CHECK(states_of({told("", rule::stale, raised)}) == sensor_states{});
}

TEST_CASE("a facility's line names the worst state first, how many, and since when") {
  const actor_settings settings{facility_settings()};
  facility_model model{{facility_entity({std::string{"f"}}), &settings}};
  hosted_output out;
  const auto hear = [&](const std::vector<alarm_transition>& what) { model.heard(what, out); };
  hear({told("a", rule::state, raised, false, 3)});
  CHECK(model.line() == headline{1, std::string{"abnormal"}, std::string{"1 abnormal"}, plant::start + 3min});
  hear({told("b", rule::stale, raised, false, 5), told("d", rule::stale, raised, false, 4)});
  CHECK(model.line() == headline{2, std::string{"degraded"}, std::string{"2 stale, 1 abnormal"}, plant::start + 4min});
  hear({told("c", rule::limit, raised, true, 9)});
  const headline worst{3, std::string{"in alarm"}, std::string{"1 sensor in alarm, 2 stale, 1 abnormal"},
                       plant::start + 9min};
  CHECK(model.line() == worst);
  // All of it is stored.
  std::string stored;
  model.encode(stored);
  facility_model read{{facility_entity({std::string{"f"}}), &settings}};
  REQUIRE(read.decode(stored));
  CHECK(read.line() == worst);
  hear({told("a", rule::state, cleared, false, 10), told("b", rule::stale, cleared, false, 11),
        told("c", rule::limit, cleared, true, 12), told("d", rule::stale, cleared, true, 10)});
  CHECK(model.line() == headline{0, std::string{"well"}, {}, plant::start + 12min});
}

} // namespace sensors_by_state_test
