#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

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
  s.hold(0, 100, 20, 20);
  for (const double t : {200.0, 300.0, 400.0})
    s.at(t, 20);
  CHECK(s.story(rule::stale).back() == "reopened@360 medium 40 chattering");
  s.hold(420, 1000, 20, 20);
  CHECK(s.rules.states().has(rule::stale));
  s.at(1000, 20);
  CHECK(s.story(rule::stale).back() == "cleared@1000 chattering");
}

TEST_CASE("a historical raise does not page, but the alarm pages when it worsens now") {
  watched_sensor s;
  s.settings.z.votes = 1;
  for (int t = 1000; t < 1300; ++t)
    s.at(t, t % 2 ? 19 : 21);
  s.at(1300, 24, {.watermark_ms = 10'000'000});
  s.at(1301, 40);
  REQUIRE(s.story(rule::z).size() == 2);
  CHECK(!s.out.transitions[0].pages);
  CHECK(s.out.transitions[1].pages);
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
