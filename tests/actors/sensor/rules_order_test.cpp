#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

#include <random>

namespace rules_order_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

/// A sensor with limits 0, 10, 30, 40 at 20, each 10 s, on a gauge of -50..50.
struct limited_sensor : watched_sensor {
  limited_sensor() {
    context.thresholds = {0, 10, 30, 40, absent};
    types[0].range_min = -50;
    types[0].range_max = 50;
    windows = false;
  }
};

} // namespace

TEST_CASE("a reading out of order beyond high_high pages at once, however old it is") {
  for (const double ago : {1.0, 3600.0, 86'400.0}) {
    limited_sensor s;
    s.hold(100'000, 100'100, 20, 10);
    s.at(100'090 - ago, 41);
    REQUIRE(s.story(rule::limit).size() == 1);
    CHECK(s.out.transitions[0].at == from_epoch_ms(static_cast<int64_t>((100'090 - ago) * 1000)));
    CHECK(s.out.transitions[0].pages);
    CHECK(s.out.transitions[0].level == severity::critical);
    s.at(100'100, 20);
    s.sweep(100'130);
    CHECK(s.story(rule::limit).back() == "cleared@100130");
  }
}

TEST_CASE("a sensor whose clock is an hour or a day behind its split's time raises, pages and clears as any other") {
  for (const double behind : {3600.0, 86'400.0, 400 * 86'400.0}) {
    limited_sensor s;
    const auto at = [&](double t, double value) {
      const auto ms = static_cast<int64_t>((t + behind) * 1000);
      s.at(t, value, {.closing_ms = ms, .activity_ms = ms, .watermark_ms = ms});
    };
    for (double t = 0; t < 100; t += 10)
      at(t, 20);
    at(100, 41);
    at(110, 20);
    at(150, 20);
    CHECK(s.story(rule::limit) == story{"raised@100 critical 90 pages", "cleared@140"});
    for (double t = 500; t < 600; t += 10)
      at(t, 31);
    CHECK(s.story(rule::limit).back() == "raised@530 high 60 pages");
  }
}

TEST_CASE("a sensor whose clock is a day ahead is judged by its own order, with delays of its own") {
  limited_sensor s;
  for (double t = 0; t < 200; t += 10)
    s.at(86'500 + t, t < 100 ? 31 : 20,
         {.flags = reading::ahead,
          .closing_ms = static_cast<int64_t>(t * 1000),
          .activity_ms = static_cast<int64_t>(t * 1000),
          .watermark_ms = static_cast<int64_t>(t * 1000)});
  CHECK(s.story(rule::limit) == story{"raised@86530 high 60 pages", "cleared@86630"});
}

TEST_CASE("a reading out of order starts no delay, clears nothing and holds nothing up") {
  limited_sensor s;
  s.hold(0, 100, 20, 10);
  for (const double t : {50.0, 55.0, 85.0})
    s.at(t, 31);
  s.hold(100, 200, 20, 10);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.anomalies(rule::limit) == 3);
  s.at(200, 41);
  s.at(199, 20);
  s.sweep(300);
  CHECK(s.rules.states().has(rule::limit));
  s.at(301, 20);
  s.at(299, 31);
  s.sweep(331);
  CHECK(s.story(rule::limit).back() == "cleared@331");
}

TEST_CASE("a high that waits for its delay is not called off by an older reading") {
  limited_sensor s;
  s.hold(0, 20, 20, 10);
  s.at(20, 31);
  s.at(15, 20);
  s.at(30, 31);
  s.at(50, 31);
  CHECK(s.story(rule::limit) == story{"raised@50 high 60 pages"});
}

TEST_CASE("the third reading in a row out of range raises, in order or not; good ones out of order clear nothing") {
  limited_sensor s;
  s.hold(0, 100, 20, 10);
  s.at(50, 60);
  s.at(51, 61);
  CHECK(s.story(rule::range).empty());
  s.at(52, 62);
  CHECK(s.story(rule::range) == story{"raised@52 high 40 pages"});
  for (const double t : {60.0, 61.0, 62.0, 63.0})
    s.at(t, 20);
  CHECK(s.rules.states().has(rule::range));
  s.hold(100, 130, 20, 10);
  CHECK(s.story(rule::range).back() == "cleared@120");
}

TEST_CASE("a reading out of order teaches nothing and is judged by limit and range alone") {
  watched_sensor plain, disturbed;
  for (auto* s : {&plain, &disturbed}) {
    s->windows = false;
    s->context.thresholds.rate = 1;
    s->types[0].stuck_after = milliseconds{120'000};
    std::mt19937 random{3};
    std::normal_distribution<double> normal{20, 1};
    for (int i = 0; i < 600; ++i) {
      s->at(i * 10, normal(random));
      if (s == &disturbed && i > 20 && i % 3 == 0)
        s->at(i * 10 - 95, i % 2 ? 900 : 20, {.quality = i % 5 == 0 ? 0.1 : 1});
    }
  }
  CHECK(disturbed.out.transitions.size() == plain.out.transitions.size());
  CHECK(disturbed.out.anomalies.size() == plain.out.anomalies.size());
}

TEST_CASE("any accepted reading ends silence, one out of order too, and starts it anew") {
  limited_sensor s;
  s.hold(0, 300, 20, 10);
  s.sweep(400);
  REQUIRE(s.story(rule::stale) == story{"raised@320 medium 40"});
  s.at(150, 20);
  CHECK(s.story(rule::stale).back() == "cleared@400");
  s.sweep(429);
  CHECK(s.story(rule::stale).size() == 2);
  s.sweep(430);
  CHECK(s.story(rule::stale).back() == "reopened@430 medium 40");
}

TEST_CASE("a delay goes on with the activity clock when the sensor says nothing, and not while its split is silent") {
  limited_sensor s;
  s.at(0, 41);
  s.at(10, 20);
  s.rules.advance(from_epoch_ms(10'000'000), milliseconds{39'000}, s.context, 0, 9, s.out);
  CHECK(s.rules.states().has(rule::limit));
  s.rules.advance(from_epoch_ms(10'000'000), milliseconds{40'000}, s.context, 0, 9, s.out);
  CHECK(s.story(rule::limit).back() == "cleared@40");
}

TEST_CASE("when a clock is set back what waits and what was goes with it: nothing hangs for an hour") {
  limited_sensor s;
  const auto at = [&](double t, double split, double value) {
    const auto ms = static_cast<int64_t>(split * 1000);
    s.at(t, value, {.closing_ms = ms, .activity_ms = ms, .watermark_ms = ms});
  };
  for (double t = 0; t < 100; t += 10)
    at(7200 + t, 7200 + t, 20);
  at(7300, 7300, 41);
  REQUIRE(s.rules.states().has(rule::limit));
  // From now on an hour less; it is inside from the first reading on.
  for (double t = 10; t < 200; t += 10)
    at(3700 + t, 7300 + t, 20);
  CHECK(s.story(rule::limit).size() == 2);
  // The tenth came at 3800; the eleventh is in order and starts the off-delay.
  CHECK(s.story(rule::limit).back() == "cleared@3840");
  at(3900, 7500, 41);
  CHECK(s.story(rule::limit).back() == "reopened@3900 critical 90");
}

TEST_CASE("what is decided at a split's end says so, by a reading or by a sweep") {
  limited_sensor s;
  s.hold(0, 300, 20, 10);
  s.at(300, 41, {.flags = reading::at_end});
  s.at(310, 20);
  s.rules.advance(from_epoch_ms(350'000), milliseconds{350'000}, s.context, 0, 9, s.out, true);
  REQUIRE(s.out.transitions.size() == 3);
  CHECK(s.out.transitions[0].fresh);
  CHECK(s.out.transitions[1].fresh);
}

} // namespace rules_order_test
