// A sensor whose rules hold in some modes of its machine alone.
#include "protocol/operating_mode.hpp"
#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_mode_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const watched_sensor::options off{.flags = reading::not_judged};

/// The flow of a pump, 50 while it runs and 0 while it is off.
struct flow : watched_sensor {
  explicit flow(rule_set rules = judged_by_sensors) {
    windows = false;
    context.when = operating_mode{rules, {{"PW-301", true, 5, 60s}}}.text();
    context.thresholds.low = 20;
    types[0].alarm_delay = 30s;
  }

  void run(double from, double to, double step = 1) {
    for (double t = from; t < to - 1e-9; t += step)
      at(t, 50 + 5 * std::sin(t * t), {});
  }
  void stand(double from, double to, double value = 0) {
    for (double t = from; t < to - 1e-9; ++t)
      at(t, value, off);
  }
  size_t raised() const {
    size_t n = 0;
    for (const auto& x : out.transitions)
      n += x.kind == transition_kind::raised || x.kind == transition_kind::reopened;
    return n;
  }
};

rule_set of(rule which) {
  rule_set out;
  out.put(which);
  return out;
}

} // namespace

TEST_CASE("low flow of a pump that is off is no alarm, and finds nothing wrong") {
  flow s;
  s.run(0, 900);
  s.enter(900, false);
  const auto found = s.out.anomalies.size();
  s.stand(900, 9000);
  CHECK(s.raised() == 0);
  CHECK(s.out.anomalies.size() == found);
  flow always;
  always.context.when = {};
  always.run(0, 900);
  for (double t = 900; t < 1000; ++t)
    always.at(t, 0);
  CHECK(always.story(rule::limit).size() == 1);
}

TEST_CASE("an alarm that stands when the machine is switched off is over, and says why") {
  flow s;
  s.run(0, 10);
  s.hold(10, 100, 10);
  CHECK(s.story(rule::limit) == story{"raised@40 high 60 pages"});
  s.enter(100, false);
  CHECK(s.story(rule::limit) == story{"raised@40 high 60 pages", "cleared@100"});
  CHECK(s.out.transitions.back().reason == "not judged: its rules hold while PW-301 is above 5 for 1 min");
  CHECK(s.rules.states().bits == 0);
}

TEST_CASE("what waited to be an alarm waits no more") {
  flow s;
  s.run(0, 10);
  s.hold(10, 20, 10);
  s.enter(20, false);
  s.sweep(500);
  s.stand(500, 600);
  CHECK(s.story(rule::limit).empty());
}

TEST_CASE("what is wrong when its rules hold again is an alarm when its delay is over, and pages then") {
  flow s;
  s.run(0, 10);
  s.enter(10, false);
  s.stand(10, 1000, 10);
  s.enter(1000, true);
  s.hold(1000, 1100, 10);
  CHECK(s.story(rule::limit) == story{"raised@1030 high 60 pages"});
}

TEST_CASE("of what reports on change nothing more need come") {
  flow s;
  s.types[0].report = report_kind::on_change;
  s.at(0, 50);
  s.enter(10, false);
  s.at(20, 10, off);
  s.sweep(500);
  CHECK(s.story(rule::limit).empty());
  s.enter(1000, true);
  s.sweep(1029);
  CHECK(s.story(rule::limit).empty());
  s.sweep(1031);
  CHECK(s.story(rule::limit) == story{"raised@1030 high 60 pages"});
}

TEST_CASE("other rules than those that are named go on") {
  flow s{of(rule::limit)};
  s.types[0].range_min = -5;
  s.run(0, 100);
  s.enter(100, false);
  s.stand(100, 110, -9);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.story(rule::range).size() == 1);
}

TEST_CASE("a stop teaches nothing: behind it the machine is where it was") {
  flow s, always;
  always.context.when = {};
  for (auto* each : {&s, &always}) {
    each->context.thresholds = {};
    each->settings.of(rule::z).alarm = false;
    each->run(0, 3000);
  }
  const auto taught = s.rules.learned();
  CHECK(taught.normal_range);
  s.enter(3000, false);
  s.stand(3000, 30'000);
  s.enter(30'000, true);
  for (double t = 3000; t < 30'000; ++t)
    always.at(t, 0);
  CHECK(always.anomalies(rule::state) + always.anomalies(rule::novelty) > 0);
  s.run(30'000, 32'000);
  CHECK(s.out.transitions.empty());
  CHECK(s.anomalies(rule::state) == 0);
  CHECK(s.anomalies(rule::novelty) == 0);
}

TEST_CASE("silence is none while rules do not hold, and counts from when they do") {
  flow s;
  s.hold(0, 300, 50, 20);
  s.enter(300, false);
  s.sweep(5000);
  CHECK(s.story(rule::stale).empty());
  s.enter(5000, true);
  s.sweep(5059);
  CHECK(s.story(rule::stale).empty());
  s.sweep(5060);
  CHECK(s.story(rule::stale) == story{"raised@5060 medium 40"});
  s.sweep(5599);
  CHECK(s.story(rule::stale).size() == 1);
  s.sweep(5600);
  CHECK(s.story(rule::stale).back() == "updated@5600 medium 40 pages");
}

TEST_CASE("a reading alone tells of a mode that nobody told before it") {
  flow s;
  s.run(0, 10);
  s.hold(10, 100, 10);
  s.at(100, 10, off);
  CHECK(s.story(rule::limit).back() == "cleared@100");
  s.hold(101, 200, 10);
  CHECK(s.story(rule::limit).back() == "reopened@131 high 60");
}

TEST_CASE("a mode is forgotten with what the metadata said of it") {
  flow s;
  s.run(0, 10);
  s.enter(10, false);
  s.context.when = {};
  s.hold(20, 100, 10);
  CHECK(s.story(rule::limit) == story{"raised@50 high 60 pages"});
}

TEST_CASE("people read why a sensor is not judged") {
  flow s;
  s.run(0, 100);
  s.enter(100, false);
  s.stand(100, 110);
  const auto account = s.rules.account(s.context, {}, 0ms);
  CHECK(account.value == 0);
  CHECK(account.not_judged == judged_by_sensors);
  for (const auto& each : account.rules) {
    CHECK(each.how == rule_standing::off);
    CHECK(each.text == "not judged: its rules hold while PW-301 is above 5 for 1 min");
  }
}

TEST_CASE("a stored sensor goes on in its mode; one without a mode is stored as ever") {
  flow s;
  s.run(0, 100);
  CHECK(s.encoded().front() == 4);
  s.enter(100, false);
  s.stand(100, 110);
  const auto stored = s.encoded();
  CHECK(stored.front() == 5);
  flow copy;
  binary_reader in{stored};
  REQUIRE(copy.rules.decode(in));
  CHECK(in.at_end());
  CHECK(copy.encoded() == stored);
  for (size_t length = 0; length < stored.size(); ++length) {
    binary_reader cut{std::string_view{stored}.substr(0, length)};
    CHECK_FALSE(flow{}.rules.decode(cut));
  }
  for (auto* each : {&s, &copy}) {
    each->out = {};
    each->enter(200, true);
    each->hold(200, 300, 10);
  }
  CHECK(copy.story(rule::limit) == s.story(rule::limit));
  CHECK(s.story(rule::limit) == story{"raised@230 high 60 pages"});
}

} // namespace rules_mode_test
