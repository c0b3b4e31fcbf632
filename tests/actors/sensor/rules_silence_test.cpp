#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_silence_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct quiet_sensor : watched_sensor {
  explicit quiet_sensor(double high = 1000) {
    windows = false;
    context.thresholds.high = high;
  }
};

} // namespace

TEST_CASE("silence pages after ten minutes, where that is more than six of its limits") {
  quiet_sensor s;
  s.hold(0, 300, 20, 20);
  s.sweep(879.9);
  CHECK(s.story(rule::stale) == story{"raised@340 medium 40"});
  CHECK(!s.rules.idle());
  s.sweep(880);
  CHECK(s.story(rule::stale) == story{"raised@340 medium 40", "updated@880 medium 40 pages"});
  CHECK(s.rules.idle());
  s.sweep(90'000);
  s.at(90'001, 20);
  CHECK(s.story(rule::stale).size() == 3);
}

TEST_CASE("silence of a slow sensor pages after six of its limits") {
  quiet_sensor s;
  s.hold(0, 6000, 20, 300);
  s.sweep(5700 + 5399);
  CHECK(s.story(rule::stale) == story{"raised@6600 medium 40"});
  s.sweep(5700 + 5400);
  CHECK(s.story(rule::stale).back() == "updated@11100 medium 40 pages");
}

TEST_CASE("silence that nobody swept raises, pages and clears at the next reading, dated as it was") {
  quiet_sensor s;
  s.hold(0, 300, 20, 20);
  s.at(5000, 20);
  CHECK(s.story(rule::stale) == story{"raised@340 medium 40", "updated@880 medium 40 pages", "cleared@5000"});
}

TEST_CASE("a sensor without thresholds is shown as silent and pages nobody") {
  quiet_sensor s{absent};
  s.hold(0, 300, 20, 20);
  s.sweep(90'000);
  CHECK(s.story(rule::stale) == story{"raised@340 medium 40"});
  CHECK(s.rules.idle());
  quiet_sensor by_rate{absent};
  by_rate.context.thresholds.rate = 5;
  by_rate.hold(0, 300, 20, 20);
  by_rate.sweep(90'000);
  CHECK(by_rate.story(rule::stale).size() == 2);
}

TEST_CASE(
    "a sensor that is given limits while it is silent pages for that silence, once, dated as if it had had them") {
  quiet_sensor swept{absent};
  swept.hold(0, 300, 20, 20);
  swept.sweep(90'000);
  REQUIRE(swept.rules.idle());
  swept.context.thresholds.high = 1000;
  for (const double seconds : {90'000, 91'000, 92'000})
    swept.sweep(seconds);
  CHECK(swept.story(rule::stale) == story{"raised@340 medium 40", "updated@880 medium 40 pages"});
  swept.at(95'000, 20);
  CHECK(swept.story(rule::stale).back() == "cleared@95000");

  quiet_sensor spoke{absent};
  spoke.hold(0, 300, 20, 20);
  spoke.sweep(90'000);
  spoke.context.thresholds.rate = 5;
  spoke.at(95'000, 20);
  CHECK(spoke.story(rule::stale) == swept.story(rule::stale));

  quiet_sensor early{absent};
  early.hold(0, 300, 20, 20);
  early.sweep(500);
  early.context.thresholds.high = 1000;
  early.sweep(879.9);
  CHECK(early.story(rule::stale).size() == 1);
  early.sweep(90'000);
  early.at(95'000, 20);
  CHECK(early.story(rule::stale) == swept.story(rule::stale));
}

TEST_CASE("where stale is set to page nobody it never does, and nothing waits for it") {
  quiet_sensor s;
  s.settings.of(rule::stale).pages = false;
  s.hold(0, 300, 20, 20);
  s.sweep(341);
  CHECK(s.rules.idle());
  s.sweep(90'000);
  CHECK(s.story(rule::stale).size() == 1);
}

TEST_CASE("a tag that reports irregularly is silent only after six of its second largest interval") {
  quiet_sensor s;
  double t = 0;
  for (int i = 0; i < 15; ++i)
    s.at(t += i % 5 == 4 ? 100 : 10, 20);
  // Before that was known of it, it was silent twice.
  CHECK(s.story(rule::stale).size() == 4);
  s.out.clear();
  const double last = t;
  s.sweep(last + 599.9);
  CHECK(s.story(rule::stale).empty());
  s.sweep(last + 600);
  CHECK(s.story(rule::stale).size() == 1);
  CHECK(s.out.transitions[0].at == from_epoch_ms(static_cast<int64_t>((last + 600) * 1000)));
}

TEST_CASE("one long gap makes no sensor irregular") {
  quiet_sensor s;
  s.hold(0, 100, 20, 10);
  s.hold(115, 200, 20, 10);
  s.sweep(224.9);
  CHECK(s.story(rule::stale).empty());
  s.sweep(225);
  CHECK(s.story(rule::stale) == story{"raised@225 medium 40"});
}

TEST_CASE("a silence that is over and comes again is the same alarm, which has paged") {
  quiet_sensor s;
  s.hold(0, 300, 20, 20);
  s.sweep(1000);
  s.at(1001, 20);
  s.sweep(2000);
  CHECK(s.story(rule::stale) ==
        story{"raised@340 medium 40", "updated@880 medium 40 pages", "cleared@1001", "reopened@1061 medium 40"});
}

TEST_CASE("outages of the whole split are no habit of a sensor: it falls silent as soon as before") {
  quiet_sensor s;
  double away = 0;
  const auto at = [&](double seconds) {
    s.at(seconds, 20, {.activity_ms = static_cast<int64_t>((seconds - away) * 1000)});
  };
  double t = 0;
  for (int i = 0; i < 30; ++i, t += 300) {
    // Two hours, of which the split's clock counts ten seconds.
    if (i == 20 || i == 25)
      t += 7200 - 300, away += 7190;
    at(t);
  }
  const double last = t - 300;
  const auto until = [&](double seconds) {
    s.rules.advance(from_epoch_ms(static_cast<int64_t>(seconds * 1000)),
                    milliseconds{static_cast<int64_t>((seconds - away) * 1000)}, s.context, 0, 0, s.out);
  };
  until(last + 899);
  CHECK(s.story(rule::stale).empty());
  until(last + 900);
  CHECK(s.story(rule::stale) == story{"raised@" + std::to_string(static_cast<int>(last) + 900) + " medium 40"});
}

TEST_CASE(
    "a sensor that reports irregularly while its split lives is known to, and one that changes its pace is followed") {
  quiet_sensor irregular;
  for (int i = 0; i < 20; ++i)
    irregular.at(i * 60 + (i > 8 ? 1000 : 0) + (i > 14 ? 1000 : 0), 20);
  // Second largest 1060 s, more than twice the usual: six of them.
  irregular.sweep(3140 + 6 * 1060 - 1);
  CHECK(irregular.story(rule::stale).size() == 4);
  irregular.sweep(3140 + 6 * 1060);
  CHECK(irregular.story(rule::stale).size() == 5);
  // Alone in its split, whose clock counts ten seconds of each interval: 60 s, then 1000 s.
  quiet_sensor alone;
  alone.context.thresholds.rate = 0.01;
  double t = 0;
  for (int i = 0; i < 60; ++i, t += i < 20 ? 60 : 1000)
    alone.at(t, 20, {.activity_ms = i * 10'000});
  alone.at(t, 220, {.activity_ms = 600'000});
  alone.at(t + 1000, 420, {.activity_ms = 610'000});
  CHECK(alone.story(rule::rate).size() == 1);
}

} // namespace rules_silence_test
