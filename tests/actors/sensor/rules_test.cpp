#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

void settle(watched_sensor& s, double from, double to) {
  for (double t = from; t < to; ++t)
    s.at(t, std::fmod(t, 2) == 0 ? 19 : 21);
}

sensor_context with_limits(sensor_context context) {
  context.thresholds = {0, 10, 30, 40, absent};
  return context;
}

} // namespace

TEST_CASE("a value at high_high is raised at once, critical, and pages") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.windows = false;
  s.at(0, 20);
  s.at(1, 40);
  CHECK(s.story(rule::limit) == story{"raised@1 critical 90 pages"});
  CHECK(s.out.transitions[0].evidence.limit == 40);
  CHECK(s.out.transitions[0].evidence.previous == 20);
  CHECK(s.anomalies(rule::limit) == 1);
}

TEST_CASE("low_low is as critical as high_high") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(1, 0);
  CHECK(s.story(rule::limit) == story{"raised@1 critical 90 pages"});
}

TEST_CASE("high and low are raised at the first reading at or after the on-delay that is still outside") {
  for (const double value : {30.0, 10.0}) {
    watched_sensor s;
    s.context = with_limits(s.context);
    s.at(0, 20);
    s.at(10, value);
    s.at(39.9, value);
    s.sweep(45);
    CHECK(s.story(rule::limit).empty());
    s.at(50, value);
    CHECK(s.story(rule::limit) == story{"raised@50 high 60 pages"});
    CHECK(s.out.transitions[0].evidence.limit == value);
  }
}

TEST_CASE("an alarm began with the first reading outside, before any delay; a rise and an end say nothing of that") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.windows = false;
  s.at(0, 20);
  s.at(10, 30);
  s.at(20, 30);
  s.at(50, 30);
  s.at(60, 40);
  REQUIRE(s.story(rule::limit) == story{"raised@50 high 60 pages", "updated@60 critical 90 pages"});
  CHECK(s.out.transitions[0].onset == from_epoch_ms(10'000));
  CHECK(s.out.transitions[1].onset == never);

  SUBCASE("what becomes critical while it waits, too") {
    watched_sensor t;
    t.context = with_limits(t.context);
    t.windows = false;
    t.at(0, 20);
    t.at(10, 30);
    t.at(15, 40);
    REQUIRE(t.story(rule::limit) == story{"raised@15 critical 90 pages"});
    CHECK(t.out.transitions[0].onset == from_epoch_ms(10'000));
  }
  SUBCASE("also behind a restart while it waits") {
    watched_sensor t;
    t.context = with_limits(t.context);
    t.windows = false;
    t.at(0, 20);
    t.at(10, 30);
    std::string bytes;
    binary_writer out{bytes};
    t.rules.encode(out);
    binary_reader in{bytes};
    REQUIRE(t.rules.decode(in));
    t.at(50, 30);
    REQUIRE(t.story(rule::limit) == story{"raised@50 high 60 pages"});
    CHECK(t.out.transitions[0].onset == from_epoch_ms(10'000));
  }
  SUBCASE("bad quality that lasts") {
    watched_sensor t;
    t.windows = false;
    for (double at = 0; at < 600; at += 10)
      t.at(at, 20, {.quality = 0.1});
    REQUIRE(t.story(rule::bad_quality).size() == 1);
    CHECK(t.out.transitions[0].onset == from_epoch_ms(0));
    CHECK(t.out.transitions[0].at > from_epoch_ms(0));
  }
  SUBCASE("a rate takes two readings") {
    watched_sensor t;
    t.windows = false;
    t.context.thresholds.rate = 1;
    t.at(0, 20);
    t.at(10, 20);
    t.at(20, 60);
    t.at(30, 100);
    REQUIRE(t.story(rule::rate).size() == 1);
    CHECK(t.out.transitions[0].onset == from_epoch_ms(20'000));
    CHECK(t.out.transitions[0].at == from_epoch_ms(30'000));
  }
}

TEST_CASE("a limit's alarm knows what the value was before it, by the sensor's last five minutes") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.hold(0, 300, 20);
  s.hold(300, 331, 30);
  REQUIRE(s.story(rule::limit) == story{"raised@330 high 60 pages"});
  const auto& all = s.out.transitions;
  const auto& x =
      *std::find_if(all.begin(), all.end(), [](const auto& each) { return each.condition.which == rule::limit; });
  CHECK(x.evidence.previous == 30);
  CHECK(x.evidence.against.count == 300);
  CHECK(x.evidence.against.avg == doctest::Approx(21));
  CHECK(value_before_of(x).average);
  CHECK(value_before_of(x).figure == x.evidence.against.avg);
}

TEST_CASE("a slow sensor's alarm knows what the value was before it by its exponential mean") {
  watched_sensor s;
  s.windows = false;
  s.context = with_limits(s.context);
  for (int i = 0; i < 20; ++i)
    s.at(600.0 * i, 20);
  s.at(12'000, 100);
  REQUIRE(s.story(rule::limit).size() == 1);
  const auto& why = s.out.transitions[0].evidence;
  CHECK(why.against.avg == 20);
  CHECK(why.against.count == 20);
  CHECK(value_before_of(s.out.transitions[0]).figure == 20);
}

TEST_CASE("one reading alone never makes a high or low of what reports periodically, however long it stands") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.windows = false;
  s.hold(0, 100, 20, 10);
  s.at(100, 31);
  s.sweep(5000);
  s.at(5001, 20);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.story(rule::stale).size() == 3);
}

TEST_CASE("a sensor that falls silent while it is outside of a limit is raised with its silence") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.windows = false;
  s.hold(0, 100, 20, 10);
  s.at(100, 31);
  s.at(110, 31);
  s.sweep(139.9);
  CHECK(s.story(rule::limit).empty());
  s.sweep(200);
  CHECK(s.story(rule::stale) == story{"raised@140 medium 40"});
  CHECK(s.story(rule::limit) == story{"raised@140 high 60 pages"});
}

namespace {

/// A switch that is read when it changes: 1 is its high.
struct limit_switch : watched_sensor {
  limit_switch() {
    types[0].report = report_kind::on_change;
    types[0].range_min = 0;
    types[0].range_max = 1;
    context.thresholds.high = 1;
    windows = false;
    at(0, 0);
  }
};

} // namespace

TEST_CASE("what reports on change and is outside of a limit is raised when the on-delay ends, though nothing follows") {
  for (const double step : {600.0, 30.0, 10.0, 0.3}) {
    limit_switch s;
    s.at(100, 1);
    CHECK(!s.rules.idle());
    for (double t = 100; t < 700; t += step)
      s.sweep(t);
    s.sweep(700);
    CHECK(s.story(rule::limit) == story{"raised@130 high 60 pages"});
    CHECK(s.out.transitions[0].value == 1);
    CHECK(s.out.transitions[0].evidence.limit == 1);
    CHECK(s.out.transitions[0].evidence.previous == 0);
    s.at(900, 0);
    s.sweep(2000);
    CHECK(s.story(rule::limit) == story{"raised@130 high 60 pages", "cleared@930"});
    CHECK(s.rules.idle());
  }
}

TEST_CASE("what reports on change was outside of its limit until it says otherwise, and not after") {
  limit_switch late;
  late.at(100, 1);
  late.at(131, 0);
  late.sweep(1000);
  CHECK(late.story(rule::limit) == story{"raised@130 high 60 pages", "cleared@161"});
  limit_switch soon;
  soon.at(100, 1);
  soon.at(110, 1);
  soon.at(129, 0);
  soon.sweep(1000);
  CHECK(soon.story(rule::limit).empty());
  limit_switch twice;
  twice.at(100, 1);
  twice.at(110, 1);
  twice.sweep(1000);
  CHECK(twice.story(rule::limit) == story{"raised@130 high 60 pages"});
}

TEST_CASE("what reports on change and stood outside of its limit before a restart is raised behind it") {
  limit_switch s;
  s.at(100, 1);
  const auto bytes = s.encoded();
  s.rules = sensor_rules{s.book};
  binary_reader in{bytes};
  REQUIRE(s.rules.decode(in));
  s.sweep(700);
  CHECK(s.story(rule::limit) == story{"raised@130 high 60 pages"});
}

TEST_CASE("what waited outside of a limit that was taken away raises nothing") {
  limit_switch s;
  s.at(100, 1);
  s.context.thresholds.high = absent;
  s.sweep(700);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.rules.idle());
}

TEST_CASE("a value back before the on-delay ends raises nothing") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(10, 31);
  s.at(39, 29.9);
  s.at(41, 31);
  s.at(60, 20);
  s.sweep(1000);
  CHECK(s.story(rule::limit).empty());
  CHECK(s.anomalies(rule::limit) == 2);
}

TEST_CASE("a high alarm becomes critical at once when high_high is passed") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(0, 31);
  s.at(35, 31);
  s.at(40, 41);
  s.at(41, 31);
  CHECK(s.story(rule::limit) == story{"raised@35 high 60 pages", "updated@40 critical 90 pages"});
}

TEST_CASE("a limit alarm is cleared inside by the deadband for the off-delay, 2 % of 20 and 30 s") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(0, 41);
  s.at(10, 29.7);
  s.sweep(100);
  CHECK(s.story(rule::limit).size() == 1);
  s.at(110, 29.6);
  s.at(130, 29.7);
  s.at(140, 29.5);
  s.sweep(169.9);
  CHECK(s.story(rule::limit).size() == 1);
  s.sweep(170);
  CHECK(s.story(rule::limit) == story{"raised@0 critical 90 pages", "cleared@170"});
  CHECK(!s.out.transitions.back().reason.empty());
  CHECK(s.rules.states() == rule_set{});
}

TEST_CASE("the bonuses of unit and facility raise the priority to 100 at most") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.context.equipment = {"Reactor-2"};
  s.at(0, 41);
  CHECK(s.out.transitions[0].priority == 100);
}

TEST_CASE("z is raised by two of three readings, pages nobody, and clears under 2.5 for 60 s") {
  watched_sensor s;
  settle(s, 0, 300);
  s.at(300, 24.0);
  CHECK(s.story(rule::z).empty());
  CHECK(s.anomalies(rule::z) == 1);
  s.at(301, 20);
  s.at(302, 24.0);
  REQUIRE(s.story(rule::z).size() == 1);
  CHECK(s.out.transitions[0].level == severity::medium);
  CHECK(!s.out.transitions[0].pages);
  CHECK(s.out.transitions[0].priority == static_cast<int>(10 * s.out.transitions[0].evidence.z));
  CHECK(s.out.transitions[0].evidence.against.count == 300);
  s.at(303, 30);
  REQUIRE(s.story(rule::z).size() == 2);
  CHECK(s.out.transitions[1].kind == transition_kind::updated);
  CHECK(s.out.transitions[1].level == severity::critical);
  CHECK(!s.out.transitions[1].pages);
  settle(s, 304, 363.5);
  CHECK(s.rules.states().has(rule::z));
  settle(s, 364, 366);
  CHECK(s.story(rule::z).back() == "cleared@364");
}

TEST_CASE("one spike raises no z alarm") {
  watched_sensor s;
  settle(s, 0, 300);
  s.at(300, 900);
  settle(s, 301, 400);
  CHECK(s.story(rule::z).empty());
  CHECK(s.anomalies(rule::z) == 1);
}

TEST_CASE("below ten readings nothing is judged by z, and the resolution bounds the spread from below") {
  watched_sensor s;
  for (int t = 0; t < 9; ++t)
    s.at(t, 20);
  s.at(9, 500);
  CHECK(s.anomalies(rule::z) == 0);
  watched_sensor flat;
  flat.hold(0, 60, 20);
  flat.at(60, 21);
  CHECK(flat.anomalies(rule::z) == 0);
  watched_sensor fine;
  fine.types[0].resolution = 0.1;
  fine.hold(0, 60, 20);
  fine.at(60, 20.31);
  CHECK(fine.anomalies(rule::z) == 1);
}

TEST_CASE("a slow sensor is judged against its exponential mean and says so") {
  watched_sensor s;
  s.windows = false;
  double mean = 0, variance = 0;
  for (int i = 0; i < 40; ++i) {
    const double x = i % 2 ? 21 : 19;
    const double away = i == 0 ? 0 : x - mean;
    if (i == 0)
      mean = x;
    mean += 2.0 / 31 * away;
    variance = (1 - 2.0 / 31) * (variance + 2.0 / 31 * away * away);
    s.at(i * 900.0, x);
  }
  s.at(40 * 900.0, 30);
  REQUIRE(s.anomalies(rule::z) == 1);
  CHECK(s.out.anomalies[0].against.avg == doctest::Approx(mean).epsilon(1e-12));
  CHECK(s.out.anomalies[0].against.stddev == doctest::Approx(std::sqrt(variance)).epsilon(1e-12));
  CHECK(s.out.anomalies[0].window_start == never);
  s.at(41 * 900.0, 45);
  REQUIRE(s.story(rule::z).size() == 1);
  CHECK(s.out.transitions.back().reason.find("exponential") != std::string::npos);
}

TEST_CASE("a rate above the threshold twice in the same direction is raised, and cleared 5 min after the last") {
  watched_sensor s;
  s.windows = false;
  s.context.thresholds.rate = 2;
  s.hold(0, 100, 20, 10);
  s.at(100, 40);
  CHECK(s.story(rule::rate).empty());
  s.at(110, 61);
  CHECK(s.story(rule::rate).empty());
  s.at(120, 82);
  CHECK(s.story(rule::rate) == story{"raised@120 medium 50 pages"});
  CHECK(s.out.anomalies.back().window_start == from_epoch_ms(110'000));
  s.at(130, 50);
  s.at(140, 50);
  s.sweep(429.9);
  CHECK(s.rules.states().has(rule::rate));
  s.sweep(430);
  CHECK(s.story(rule::rate).back() == "cleared@430");
}

TEST_CASE("a glitch, up and down again, is no alarm of the rate, nor are two rises with a calm reading between") {
  watched_sensor s;
  s.windows = false;
  s.context.thresholds.rate = 2;
  s.hold(0, 100, 20, 10);
  s.at(100, 50);
  s.at(110, 20);
  s.at(120, 50);
  s.at(130, 55);
  s.at(140, 80);
  CHECK(s.anomalies(rule::rate) == 4);
  CHECK(s.story(rule::rate).empty());
}

TEST_CASE("no rate under a second, across a gap, or of a reading out of order") {
  watched_sensor s;
  s.windows = false;
  s.context.thresholds.rate = 1;
  s.hold(0, 10, 20);
  s.at(9.5, 30);
  s.at(20.5, 100);
  s.at(19, 20);
  CHECK(s.anomalies(rule::rate) == 0);
}

TEST_CASE("range is raised by three readings in a row, cleared by three good ones, and others do not judge it") {
  watched_sensor s;
  settle(s, 0, 20);
  s.at(20, 2000);
  s.at(21, 2000);
  s.at(22, 20);
  s.at(23, 2000);
  s.at(24, 2000);
  s.at(25, -2000);
  CHECK(s.story(rule::range) == story{"raised@25 high 40 pages"});
  CHECK(s.anomalies(rule::range) == 5);
  s.at(26, 20);
  s.at(27, 20);
  s.at(28, 2000);
  s.at(29, 20);
  s.at(30, 20);
  CHECK(s.rules.states().has(rule::range));
  s.at(31, 20);
  CHECK(s.story(rule::range).back() == "cleared@31");
  CHECK(s.anomalies(rule::z) + s.anomalies(rule::novelty) == 0);
}

TEST_CASE("stale is dated at the last reading and three usual intervals, and cleared by the next reading") {
  watched_sensor s;
  s.hold(0, 300, 20, 20);
  s.sweep(339.9);
  CHECK(s.story(rule::stale).empty());
  s.sweep(400);
  CHECK(s.story(rule::stale) == story{"raised@340 medium 40"});
  CHECK(!s.rules.states().bits == 0);
  s.at(500, 20);
  CHECK(s.story(rule::stale).back() == "cleared@500");
  CHECK(s.anomalies(rule::stale) == 1);
}

TEST_CASE("silence that nobody swept is raised and cleared by the next reading, and at least 30 s long") {
  watched_sensor s;
  s.hold(0, 20, 20);
  s.at(48, 20);
  CHECK(s.story(rule::stale).empty());
  s.at(79, 20);
  CHECK(s.story(rule::stale) == story{"raised@78 medium 40", "cleared@79"});
}

TEST_CASE("a sensor is not silent while its whole split is, nor if it reports on change, nor before it has a habit") {
  watched_sensor s;
  s.hold(0, 20, 20);
  s.at(5000, 20, {.activity_ms = 25'000});
  CHECK(s.story(rule::stale).empty());
  watched_sensor change;
  change.types[0].report = report_kind::on_change;
  change.hold(0, 20, 20);
  change.sweep(5000);
  CHECK(change.story(rule::stale).empty());
  CHECK(change.rules.idle());
  watched_sensor fresh;
  fresh.hold(0, 3, 20);
  fresh.sweep(5000);
  CHECK(fresh.story(rule::stale).empty());
}

TEST_CASE("bad quality for 60 s is shown, does not page, and clears when good for 60 s") {
  watched_sensor s;
  s.at(0, 20, {.quality = 0.4});
  s.at(30, 20, {.quality = 0.9});
  for (int t = 100; t <= 170; t += 10)
    s.at(t, 20, {.quality = 0.49});
  CHECK(s.story(rule::bad_quality) == story{"raised@160 medium 40"});
  s.at(180, 20, {.quality = 0.5});
  s.at(200, 20, {.quality = 0.1});
  s.at(210, 20);
  s.sweep(269);
  CHECK(s.rules.states().has(rule::bad_quality));
  s.sweep(271);
  CHECK(s.story(rule::bad_quality).back() == "cleared@270");
  CHECK(s.anomalies(rule::bad_quality) == 10);
}

TEST_CASE("a reading of bad quality neither raises nor clears a process alarm, and teaches nothing") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(0, 100, {.quality = 0.1});
  CHECK(s.story(rule::limit).empty());
  s.at(1, 45);
  s.at(2, 20, {.quality = 0.1});
  s.sweep(55);
  CHECK(s.rules.states().has(rule::limit));
  CHECK(s.story(rule::limit).size() == 1);
}

TEST_CASE("stuck is raised by more than ten equal readings over two minutes, pages nobody, ends at another value") {
  watched_sensor s;
  s.types[0].stuck_after = milliseconds{1000};
  s.hold(0, 119, 20, 20);
  s.at(120, 20);
  CHECK(s.story(rule::stuck).empty());
  s.hold(130, 170, 20, 10);
  CHECK(s.story(rule::stuck) == story{"raised@160 medium 20"});
  s.at(170, 20.5);
  CHECK(s.story(rule::stuck).back() == "cleared@170");
  CHECK(s.anomalies(rule::stuck) == 1);
  watched_sensor off;
  off.hold(0, 1000, 20);
  CHECK(off.anomalies(rule::stuck) == 0);
}

TEST_CASE("a type's own duration of stuck counts") {
  watched_sensor s;
  s.types[0].stuck_after = milliseconds{600'000};
  s.hold(0, 600, 20);
  CHECK(s.anomalies(rule::stuck) == 0);
  s.at(600, 20);
  CHECK(s.anomalies(rule::stuck) == 1);
}

TEST_CASE("novelty is an alarm only where configured, and clears after 5 min") {
  for (const bool alarm : {false, true}) {
    watched_sensor s;
    s.settings.of(rule::novelty).alarm = alarm;
    settle(s, 0, 100);
    s.at(100, 25);
    s.at(101, 20);
    s.at(102, 25.5);
    s.at(103, 20);
    CHECK(s.anomalies(rule::novelty) == 1);
    s.sweep(401);
    CHECK(s.story(rule::novelty) == (alarm ? story{"raised@100 low 30", "cleared@400"} : story{}));
  }
}

TEST_CASE("a window's z worsens the readings' alarm, raises none, and is an anomaly of its own") {
  watched_sensor s;
  statistics_row row{&s.context, from_epoch_ms(0),  from_epoch_ms(300'000), 20, 1, 19, 28, 28, 8, 300,
                     0,          severity::critical};
  s.rules.window_closed(row, 0, 1, s.out);
  CHECK(s.story(rule::z).empty());
  CHECK(s.anomalies(rule::z, anomaly_origin::window) == 1);
  settle(s, 0, 300);
  s.at(300, 24);
  s.at(301, 24);
  s.rules.window_closed(row, 0, 1, s.out);
  REQUIRE(s.story(rule::z).size() == 2);
  CHECK(s.story(rule::z)[1] == "updated@300 critical 80");
}

TEST_CASE("patterns become anomalies, and alarms where they are configured as such") {
  watched_sensor s;
  s.settings.of(rule::rapid_change).alarm = true;
  s.types[0].stuck_after = milliseconds{120'000};
  s.hold(0, 119, 5);
  s.rules.window_closed(patterns_row{&s.context, from_epoch_ms(0), from_epoch_ms(120'000), 11, 119, true, true}, 0, 1,
                        s.out);
  CHECK(s.story(rule::rapid_change) == story{"raised@120 low 30"});
  CHECK(s.story(rule::stuck).empty());
  CHECK(s.anomalies(rule::stuck, anomaly_origin::window) == 1);
  s.hold(119, 200, 5);
  CHECK(s.story(rule::stuck) == story{"raised@120 medium 20"});
  s.sweep(449.9);
  CHECK(s.rules.states().has(rule::rapid_change));
  s.sweep(450);
  CHECK(s.story(rule::rapid_change).back() == "cleared@420");
}

TEST_CASE("scores are the largest of the detectors, with the rules in alarm, and 0 below ten readings") {
  watched_sensor s;
  s.context = with_limits(s.context);
  for (int t = 0; t < 9; ++t)
    s.at(t, t == 5 ? 45 : t % 2 ? 19 : 21);
  for (const auto& row : s.out.scores)
    CHECK(row.score == 0);
  CHECK(s.out.scores.back().states.has(rule::limit));
  s.at(9, 20);
  CHECK(s.out.scores.back().score == 0.5);
  settle(s, 10, 400);
  CHECK(s.out.scores.back().score < 0.5);
  s.past.clear();
  settle(s, 400, 420);
  s.at(420, 25);
  CHECK(s.out.scores.back().score > 0.5);
  CHECK(s.out.scores.size() == 421);
}

TEST_CASE("what stands is told again under the number that it has, and nothing is changed by that") {
  watched_sensor s;
  s.context = with_limits(s.context);
  s.at(0, 31);
  s.at(35, 31);
  s.at(40, 41);
  const auto before = s.encoded();
  const auto known = s.out.transitions.back();
  s.out.clear();
  s.rules.tell_again("lost", s.context, 3, ~uint64_t{0}, s.out);
  CHECK(s.encoded() == before);
  REQUIRE(s.out.transitions.size() == 1);
  const auto& again = s.out.transitions[0];
  CHECK(again.alarm == known.alarm);
  CHECK(again.number == known.number);
  CHECK(again.number == 2);
  CHECK(again.kind == transition_kind::updated);
  CHECK(again.level == severity::critical);
  // Whoever does not know it pages it.
  CHECK(again.was == severity::critical);
  CHECK(!again.pages);
  CHECK(again.value == 41);
  CHECK(again.reason == "lost");
  s.at(50, 20);
  s.at(81, 20);
  s.out.clear();
  s.rules.tell_again("lost", s.context, 3, ~uint64_t{0}, s.out);
  CHECK(s.out.transitions.empty());
}

} // namespace rules_test
