#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_range_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

/// A gauge of 0..100 with high 90 and high_high 95, low 10; a broken wire is beyond -2.5 and 106.25.
struct gauge : watched_sensor {
  gauge() {
    context.thresholds = {absent, 10, 90, 95, absent};
    types[0].range_min = 0;
    types[0].range_max = 100;
    types[0].fault_below = -2.5;
    types[0].fault_above = 106.25;
    windows = false;
    settings.of(rule::z).alarm = false;
  }
};

} // namespace

TEST_CASE("a gauge at its stop beyond high_high pages as that, and as out of range") {
  gauge s;
  s.hold(0, 60, 50, 10);
  s.hold(60, 1860, 105, 10);
  CHECK(s.story(rule::limit) == story{"raised@60 critical 90 pages"});
  CHECK(s.story(rule::range) == story{"raised@80 high 40 pages"});
  s.hold(1860, 2000, 50, 10);
  CHECK(s.story(rule::limit).back() == "cleared@1890");
  CHECK(s.story(rule::range).back() == "cleared@1880");
}

TEST_CASE("a gauge at its stop is not judged by z, rate, novelty or state, and teaches none of them") {
  gauge plain, stopped;
  for (auto* s : {&plain, &stopped}) {
    s->context.thresholds = {absent, absent, absent, absent, 1};
    for (double t = 0; t < 3000; t += 10) {
      if (s == &stopped && t > 500 && std::fmod(t, 70) == 0)
        s->at(t + 5, 103);
      s->at(t, std::fmod(t, 20) == 0 ? 49 : 51);
    }
  }
  CHECK(stopped.anomalies(rule::range) > 30);
  for (const rule which : {rule::z, rule::rate, rule::novelty, rule::state})
    CHECK(stopped.anomalies(which) == plain.anomalies(which));
}

TEST_CASE(
    "beyond the fault there is no measurement: range alone, and an alarm of the limit on its side waits for one") {
  gauge s;
  s.hold(0, 60, 50, 10);
  s.hold(60, 120, 150, 10);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.story(rule::range).size() == 1);
  s.hold(120, 160, 97, 10);
  s.at(160, 50);
  s.hold(170, 400, 150, 10);
  s.sweep(500);
  CHECK(s.story(rule::limit) == story{"raised@120 critical 90 pages"});
  s.at(501, 50);
  s.sweep(540);
  CHECK(s.story(rule::limit).back() == "cleared@531");
}

TEST_CASE("a broken wire calls off no high that waits, and starts none") {
  gauge s;
  s.hold(0, 60, 50, 10);
  s.at(60, 91);
  s.at(70, -25);
  s.at(80, -25);
  s.at(90, 91);
  CHECK(s.story(rule::limit) == story{"raised@90 high 60 pages"});
  gauge broken;
  broken.hold(0, 60, 50, 10);
  broken.hold(60, 600, -25, 10);
  CHECK(broken.story(rule::limit).empty());
}

TEST_CASE("an alarm whose limit lies beyond the range does not clear at the stop") {
  gauge s;
  s.context.thresholds = {absent, absent, absent, 103, absent};
  s.hold(0, 60, 50, 10);
  s.at(60, 104);
  s.hold(70, 400, 100.5, 10);
  s.sweep(500);
  CHECK(s.rules.states().has(rule::limit));
  s.hold(500, 540, 100, 10);
  s.sweep(600);
  CHECK(s.story(rule::limit).size() == (100 <= 103 - 1 ? 2 : 1));
}

TEST_CASE("the stop of the other side is as good as any other value for a limit") {
  gauge s;
  s.hold(0, 60, 50, 10);
  s.at(60, 97);
  s.hold(70, 120, -1, 10);
  CHECK(s.story(rule::limit) == story{"raised@60 critical 90 pages"});
  CHECK(s.rules.states().has(rule::limit));
  s.hold(120, 200, 50, 10);
  CHECK(!s.rules.states().has(rule::limit));
}

} // namespace rules_range_test
