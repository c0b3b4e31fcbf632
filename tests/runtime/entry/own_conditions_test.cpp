#include "runtime/entry/own_conditions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace own_conditions_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const std::string subject = "sensor-readings/3";

struct told_conditions {
  explicit told_conditions(bool live = true)
      : own{conditions, live, [this](const alarm_transition& each) { told.push_back(each); }, share} {}

  /// Of a former run, and standing.
  void leave(rule which = rule::clock_skew) {
    node_conditions former{settings};
    const auto raised = former.raise(which, subject, std::chrono::floor<milliseconds>(std::chrono::system_clock::now()),
                                     std::string{"an hour ahead"});
    REQUIRE(raised);
    alarm_record record;
    record.raise = record.latest = *raised;
    record.last_number = raised->number;
    conditions.restore(record);
  }

  detection_settings settings;
  node_conditions conditions{settings};
  barrier_share share;
  std::vector<alarm_transition> told;
  own_conditions own;
};

} // namespace

TEST_CASE("a step of a condition is told at once, and is in the barrier under way") {
  told_conditions x;
  x.own.wrong(rule::bad_input, "input", std::string{"9 of 10 readings rejected"});
  x.own.wrong(rule::bad_input, "input", std::string{"10 of 10 readings rejected"});
  REQUIRE(x.told.size() == 1);
  CHECK(x.told[0].kind == transition_kind::raised);
  CHECK(x.told[0].reason == "9 of 10 readings rejected");
  CHECK(x.share.output().transitions.size() == 1);
  CHECK(!x.share.is_empty());
  x.own.fine(rule::bad_input, "input", std::string{"a good minute"});
  REQUIRE(x.told.size() == 2);
  CHECK(x.told[1].kind == transition_kind::cleared);
}

TEST_CASE("a replay tells nothing of the node") {
  told_conditions x{false};
  x.own.wrong(rule::bad_input, "input", std::string{"9 of 10 readings rejected"});
  x.own.tell_reason(rule::clock_skew, subject, std::string{"an hour ahead"});
  x.own.happened(rule::misconfigured, subject, std::string{"gone"}, 1h);
  CHECK(x.told.empty());
  CHECK(x.share.is_empty());
}

TEST_CASE("what another thread reports is told when the driver takes it, in its order") {
  told_conditions x;
  std::thread{[&] {
    x.own.report(rule::channel_down, "slack", true, "no answer");
    x.own.report(rule::channel_down, "slack", false, "it answers");
  }}.join();
  CHECK(x.told.empty());
  x.own.take_reports();
  REQUIRE(x.told.size() == 2);
  CHECK(x.told[0].kind == transition_kind::raised);
  CHECK(x.told[1].kind == transition_kind::cleared);
}

TEST_CASE("what a former run found otherwise stands until this one had ten minutes to find it") {
  told_conditions x;
  x.leave(rule::misconfigured);
  x.own.not_found(rule::misconfigured, subject, std::string{"each sensor's readings come in one split"});
  x.own.look(9min);
  CHECK(x.told.empty());
  x.own.look(10min);
  REQUIRE(x.told.size() == 1);
  CHECK(x.told[0].kind == transition_kind::cleared);
  // A minute later it is judged as any other.
  x.own.not_found(rule::misconfigured, subject, std::string{"each sensor's readings come in one split"});
  CHECK(x.told.size() == 1);
}

TEST_CASE("what a former run found stands until this one had an hour to find it, where it takes a sensor's readings") {
  told_conditions x;
  x.leave();
  REQUIRE(x.own.is_left(rule::clock_skew, subject));
  x.own.not_found(rule::clock_skew, subject, std::string{"the clocks are right again"});
  x.own.look(59min);
  CHECK(x.told.empty());
  x.own.look(60min);
  REQUIRE(x.told.size() == 1);
  CHECK(x.told[0].kind == transition_kind::cleared);
  CHECK(x.told[0].reason == "not found again since the node was started");
}

} // namespace own_conditions_test
