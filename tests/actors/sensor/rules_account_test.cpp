#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_account_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

rule_account of(watched_sensor& s, rule which, double silent = 0) {
  const auto all =
      s.rules.account(s.context, s.baseline_before(s.largest_ms), milliseconds{static_cast<int64_t>(silent * 1000)});
  REQUIRE(all.rules.size() == static_cast<size_t>(first_node_rule));
  return all.rules[static_cast<size_t>(which)];
}

event_time at(double seconds) {
  return from_epoch_ms(static_cast<int64_t>(seconds * 1000));
}

} // namespace

TEST_CASE("of a value inside its limits is told how far each of them is") {
  watched_sensor s;
  s.context.thresholds = {0, 10, 30, 40, absent};
  s.at(0, 25);
  const auto x = of(s, rule::limit);
  CHECK(x.how == rule_standing::well);
  CHECK(x.pages);
  CHECK(x.value == 25);
  CHECK(x.low == 10);
  CHECK(x.high == 30);
  CHECK(x.nearness == 0.5);
  CHECK(x.text == "25 C; low 10 is 15 away, critical from 0; high 30 is 5 away, critical from 40");
}

TEST_CASE("a value beyond a limit waits for its delay, is an alarm then, and is told where that ends") {
  watched_sensor s;
  s.context.thresholds = {absent, absent, 30, absent, absent};
  s.types[0].alarm_delay = milliseconds{20'000};
  s.hold(0, 10, 20);
  s.at(10, 32);
  auto x = of(s, rule::limit);
  CHECK(x.how == rule_standing::outside);
  CHECK(x.level == severity::high);
  CHECK(x.since == at(10));
  CHECK(x.due == at(30));
  CHECK(x.text == "32 C against its limit 30, 2 above it; an alarm by the first reading that still is when its "
                  "delay of 20 s is over; a critical limit has none");
  s.hold(11, 31, 32);
  x = of(s, rule::limit);
  CHECK(x.how == rule_standing::alarm);
  CHECK(x.since == at(30));
  CHECK(x.due == never);
  CHECK(x.text == "32 C against its limit 30, 2 above it; over when for 20 s below 28.5");
  s.at(31, 20);
  x = of(s, rule::limit);
  CHECK(x.how == rule_standing::alarm);
  CHECK(x.due == at(51));
}

TEST_CASE("what the metadata or the type leave out is off, and says what is missing") {
  watched_sensor s;
  s.types[0].report = report_kind::on_change;
  s.at(0, 20);
  CHECK(of(s, rule::limit).how == rule_standing::off);
  CHECK(of(s, rule::limit).text == "its metadata give it no limit");
  CHECK(of(s, rule::rate).text == "its metadata give it no rate");
  CHECK(of(s, rule::stuck).text == "a temperature sensor may stand still");
  CHECK(of(s, rule::stale).text == "a temperature sensor reports on change: its silence says nothing");
  CHECK(of(s, rule::novelty).text.ends_with("; by its settings no alarm"));
  CHECK(of(s, rule::novelty).how == rule_standing::off);
  s.settings.of(rule::limit).alarm = false;
  s.context.thresholds.high = 10;
  CHECK(of(s, rule::limit).how == rule_standing::off);
}

TEST_CASE("a z is told beside its average, and who has too few readings learns it") {
  watched_sensor s;
  s.at(0, 19);
  CHECK(of(s, rule::z).how == rule_standing::learning);
  CHECK(of(s, rule::z).text == "learns its average: 1 of 10 readings");
  for (int i = 1; i <= 100; ++i)
    s.at(i, i % 2 == 0 ? 19 : 21);
  const auto x = of(s, rule::z);
  CHECK(x.how == rule_standing::well);
  CHECK(!x.pages);
  CHECK(x.nearness == doctest::Approx(1 / 3.0).epsilon(0.02));
  CHECK(x.high == doctest::Approx(23).epsilon(0.01));
  CHECK(x.text.find("of 101 readings in 5 min; counts from 3, of three readings 2, now 0") != std::string::npos);
}

TEST_CASE("the state rule says how much it has learned, then its range, and until when it pages nobody") {
  watched_sensor s;
  s.windows = false;
  uint32_t noise = 1;
  const auto value = [&] { return 20.0 + ((noise = noise * 1664525 + 1013904223) >> 16) % 1000 / 1000.0; };
  for (int i = 0; i < 100; ++i)
    s.at(i, value());
  CHECK(of(s, rule::state).how == rule_standing::learning);
  CHECK(of(s, rule::state).text == "learns its normal range: 100 of 400 readings");
  for (int i = 100; i < 3000; ++i)
    s.at(i, value());
  auto x = of(s, rule::state);
  CHECK(x.how == rule_standing::well);
  CHECK(x.nearness < 1);
  CHECK(x.low < 20.4);
  CHECK(x.high > 20.6);
  CHECK(x.text.starts_with("level 20."));
  CHECK(x.text.ends_with("pages nobody before 1970-01-08 00:00 UTC, so long it learns"));
  for (int i = 3000; i < 3060; ++i)
    s.at(i, value() + 5);
  x = of(s, rule::state);
  CHECK(x.how == rule_standing::alarm);
  CHECK(x.level == severity::medium);
  CHECK(x.nearness > 1);
  // What is said to be the edge is where the rule itself has it.
  CHECK(s.story(rule::state).size() == 1);
}

TEST_CASE("silence is told beside what it is shown and paged from, and pages nobody without limits") {
  watched_sensor s;
  s.hold(0, 100, 20, 10);
  auto x = of(s, rule::stale, 12);
  CHECK(x.how == rule_standing::well);
  CHECK(!x.pages);
  CHECK(x.value == 12);
  CHECK(x.high == 30);
  CHECK(x.text == "silent for 12 s, usually for 10 s; shown from 30 s on; pages nobody, for it has no limits");
  s.context.thresholds.high = 50;
  s.sweep(125);
  x = of(s, rule::stale, 35);
  CHECK(x.how == rule_standing::alarm);
  CHECK(x.pages);
  CHECK(x.since == at(120));
  CHECK(x.text == "silent for 35 s, usually for 10 s; shown from 30 s on; paged from 10 min on");
}

TEST_CASE("the range and bad quality say what was outside of them") {
  watched_sensor s;
  s.hold(0, 5, 20);
  s.at(5, 2000);
  auto x = of(s, rule::range);
  CHECK(x.how == rule_standing::outside);
  CHECK(x.text == "what a temperature sensor can measure is -1000 .. 1000; 2000 C is not; 1 of 3 such readings");
  watched_sensor::options bad;
  bad.quality = 0.1;
  s.at(6, 20, bad);
  x = of(s, rule::bad_quality);
  CHECK(x.how == rule_standing::outside);
  CHECK(x.since == at(6));
  CHECK(x.due == at(66));
}

TEST_CASE("an account changes nothing") {
  watched_sensor s;
  s.context.thresholds = {absent, absent, 30, absent, 5};
  for (int i = 0; i < 500; ++i)
    s.at(i, i % 7 + 20);
  const auto before = s.encoded();
  of(s, rule::limit, 3);
  CHECK(s.encoded() == before);
}

} // namespace rules_account_test
