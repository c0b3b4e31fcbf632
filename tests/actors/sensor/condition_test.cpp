#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace condition_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct limited : watched_sensor {
  limited() {
    context.thresholds.high_high = 40;
    types[0].range_min = 0;
    types[0].range_max = 100;
    windows = false;
  }
  void stretch(double from, double to) {
    at(from, 41);
    at(to, 20);
  }
};

} // namespace

TEST_CASE("a raise within 5 min of the clear reopens the same alarm and pages no second time") {
  limited s;
  s.stretch(0, 10);
  s.at(340, 41);
  CHECK(s.story(rule::limit) == story{"raised@0 critical 90 pages", "cleared@40", "reopened@340 critical 90"});
  CHECK(s.out.transitions[2].alarm == s.out.transitions[0].alarm);
  CHECK(s.out.transitions[2].number == 3);
  CHECK(s.out.transitions[2].raised_at == from_epoch_ms(0));
  // Whoever does not know it is told all the same.
  CHECK(s.out.transitions[2].was == severity::critical);
}

TEST_CASE("a raise later than that is another alarm, which pages") {
  limited s;
  s.stretch(0, 10);
  s.at(340.001, 41);
  REQUIRE(s.story(rule::limit).size() == 3);
  CHECK(s.story(rule::limit)[2] == "raised@340.001 critical 90 pages");
  CHECK(s.out.transitions[2].alarm != s.out.transitions[0].alarm);
  CHECK(s.out.transitions[2].number == 1);
  CHECK(s.out.transitions[2].alarm ==
        alarm_id_of({{"plant-a"}, {"TI-101"}, {"pump-7"}, rule::limit}, from_epoch_ms(340'001), 2));
}

TEST_CASE("three raises in 10 min are chattering: held until calm for 10 min, paged once") {
  limited s;
  s.stretch(0, 10);
  s.stretch(100, 110);
  s.stretch(200, 210);
  s.at(300, 41);
  s.at(310, 20);
  s.sweep(909.9);
  CHECK(s.rules.states().has(rule::limit));
  s.sweep(910);
  CHECK(s.story(rule::limit) == story{"raised@0 critical 90 pages", "cleared@40", "reopened@100 critical 90",
                                      "cleared@140", "reopened@200 critical 90 chattering", "cleared@910 chattering"});
  s.at(1000, 41);
  CHECK(s.story(rule::limit).back() == "reopened@1000 critical 90");
}

TEST_CASE("a condition that clears at once is held while it chatters too") {
  watched_sensor s;
  // A gap of 45 s in each 140: one among fifteen intervals, so that it is not the sensor's habit.
  for (const double from : {0.0, 140.0, 280.0})
    s.hold(from, from + 100, 20, 5);
  s.sweep(419);
  CHECK(s.story(rule::stale).back() == "reopened@405 medium 40 chattering");
  s.hold(420, 1020, 20, 5);
  CHECK(s.rules.states().has(rule::stale));
  s.at(1020, 20);
  CHECK(s.story(rule::stale).back() == "cleared@1020 chattering");
}

TEST_CASE("each rise of severity pages again, and a reopened alarm pages only when it is worse than what was paged") {
  watched_sensor s;
  s.windows = false;
  s.context.thresholds = {absent, absent, 30, 40, absent};
  s.hold(0, 35, 31, 31);
  s.at(40, 41);
  s.at(50, 20);
  s.sweep(80);
  s.hold(100, 150, 31, 31);
  s.at(170, 42);
  CHECK(s.story(rule::limit) == story{"raised@31 high 60 pages", "updated@40 critical 90 pages", "cleared@80",
                                      "reopened@131 high 60", "updated@170 critical 90 pages"});
  watched_sensor worse;
  worse.windows = false;
  worse.context.thresholds = s.context.thresholds;
  worse.hold(0, 35, 31, 31);
  worse.at(50, 20);
  worse.sweep(80);
  worse.at(100, 41);
  CHECK(worse.story(rule::limit) == story{"raised@31 high 60 pages", "cleared@80", "reopened@100 critical 90 pages"});
}

TEST_CASE("a raise that is dated before the clear is a new alarm, and no chatter") {
  limited s;
  s.stretch(100, 110);
  s.sweep(200);
  for (const double t : {90.0, 91.0, 92.0})
    s.at(t, 41);
  CHECK(s.story(rule::limit) == story{"raised@100 critical 90 pages", "cleared@140", "raised@90 critical 90 pages"});
  CHECK(s.out.transitions[2].alarm != s.out.transitions[0].alarm);
  s.stretch(210, 220);
  s.sweep(300);
  CHECK(s.story(rule::limit).back() == "cleared@250");
}

TEST_CASE("a rule that is no alarm has anomalies only") {
  limited s;
  s.settings.of(rule::limit).alarm = false;
  s.at(0, 41);
  CHECK(s.out.transitions.empty());
  CHECK(s.anomalies(rule::limit) == 1);
  CHECK(s.rules.states() == rule_set{});
}

TEST_CASE("an entry that was only pending leaves nothing behind") {
  watched_sensor s, good;
  s.at(0, 20);
  s.at(1, 20, {.quality = 0.1});
  s.at(2, 20);
  s.at(3, 20);
  good.hold(0, 4, 20);
  CHECK(s.encoded().size() <= good.encoded().size());
  CHECK(!s.rules.states().has(rule::bad_quality));
}

} // namespace condition_test
