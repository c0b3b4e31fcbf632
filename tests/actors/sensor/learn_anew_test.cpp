// A person has a sensor learn anew.
#include "protocol/alarm_reasons.hpp"
#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace learn_anew_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr double minute = 60, day = 24 * 60 * minute;

/// A machine with two loads, each for 40 readings, a minute apart.
struct machine : watched_sensor {
  double t = 0, low = 10, high = 20;
  int i = 0;

  machine() {
    windows = false;
    settings.of(rule::z).alarm = false;
  }
  void go_on(double until) {
    for (; t < until; t += minute, ++i)
      at(t, i / 40 % 2 ? high : low);
  }
  void be(double x, double until) {
    for (; t < until; t += minute, ++i)
      at(t, x);
  }
  void learn_anew() { rules.learn_anew(milliseconds{static_cast<int64_t>(t * 1000)}, context, 0, position, out); }
  size_t paged() const {
    return static_cast<size_t>(
        std::count_if(out.transitions.begin(), out.transitions.end(), [](const auto& x) { return x.pages; }));
  }
  std::string stored() const {
    std::string bytes;
    binary_writer writer{bytes};
    rules.encode(writer);
    return bytes;
  }
  bool read(std::string_view bytes) {
    binary_reader in{bytes};
    return rules.decode(in) && in.at_end();
  }
};

} // namespace

TEST_CASE("who learns anew ends its alarm, takes what the machine does now for normal, and pages a day later") {
  machine m;
  m.go_on(8 * day);
  m.low = 50;
  m.high = 60;
  m.go_on(8 * day + 120 * minute);
  REQUIRE(m.rules.states().has(rule::state));
  REQUIRE(m.paged() == 1);
  const auto raised = m.out.transitions.back();
  m.out.clear();

  m.learn_anew();
  REQUIRE(m.out.transitions.size() == 1);
  const auto& end = m.out.transitions[0];
  CHECK(end.alarm == raised.alarm);
  CHECK(end.number == raised.number + 1);
  CHECK(end.kind == transition_kind::cleared);
  CHECK(end.reason == alarm_reason::learns_anew);
  CHECK(end.at == from_epoch_ms(static_cast<int64_t>(m.t * 1000)));
  CHECK(m.rules.states() == rule_set{});
  CHECK_FALSE(m.rules.learned().any());
  m.out.clear();

  // The first day shows what leaves it, and pages nobody.
  const double anew = m.t;
  m.go_on(anew + 900 * minute);
  CHECK(m.out.transitions.empty());
  m.be(200, anew + 960 * minute);
  REQUIRE(m.out.transitions.size() == 1);
  CHECK(m.out.transitions[0].level == severity::medium);
  m.go_on(anew + day + 60 * minute);
  CHECK(m.paged() == 0);
  m.out.clear();
  m.be(2000, anew + day + 120 * minute);
  CHECK(m.paged() == 1);
}

TEST_CASE("behind one day it pages though a sensor learns for a week, and at once where nobody waits a day") {
  for (const bool at_once : {false, true}) {
    CAPTURE(at_once);
    machine m;
    if (at_once)
      m.settings.state.learning_time = milliseconds{0};
    m.go_on(2 * day);
    m.learn_anew();
    const double anew = m.t;
    m.go_on(anew + (at_once ? 0.7 : 1.1) * day);
    m.be(100, m.t + 60 * minute);
    CHECK(m.paged() == 1);
  }
  machine never_told;
  never_told.go_on(3.1 * day);
  never_told.be(100, never_told.t + 60 * minute);
  CHECK(never_told.paged() == 0);
}

TEST_CASE("what its metadata say is judged on, and how often it reports is known on") {
  machine m;
  m.types[0].report = report_kind::periodic;
  m.context.thresholds = {absent, absent, 30, 40, absent};
  m.go_on(day);
  m.be(45, m.t + 2 * minute);
  REQUIRE(m.rules.states().has(rule::limit));
  m.learn_anew();
  CHECK(m.rules.states().has(rule::limit));
  m.out.clear();
  m.sweep(m.t + 9 * minute);
  CHECK(m.rules.states().has(rule::stale));
}

TEST_CASE("novelty knows nothing any more, and its alarm ends") {
  machine m;
  m.settings.of(rule::novelty).alarm = true;
  m.settings.of(rule::state).alarm = false;
  m.go_on(2 * day);
  m.be(500, m.t + minute);
  REQUIRE(m.rules.states().has(rule::novelty));
  m.out.clear();
  m.learn_anew();
  CHECK_FALSE(m.rules.states().has(rule::novelty));
  REQUIRE(m.out.transitions.size() == 1);
  CHECK(m.out.transitions[0].reason == alarm_reason::learns_anew);
  // Nothing is new to who has seen nothing.
  m.be(900, m.t + minute);
  CHECK_FALSE(m.rules.states().has(rule::novelty));
}

TEST_CASE("it is stored that a sensor learns anew, at no cost, and a state of before is read") {
  machine m;
  m.go_on(3 * day);
  const auto before = m.stored();
  // As the version before wrote it.
  REQUIRE(before[0] == '\x04');
  machine old;
  REQUIRE(old.read('\x03' + before.substr(1)));
  CHECK(old.stored() == before);
  CHECK_FALSE(old.read('\x06' + before.substr(1)));

  m.learn_anew();
  const double anew = m.t;
  machine next;
  next.t = m.t;
  next.i = m.i;
  next.position = m.position;
  next.largest_ms = m.largest_ms;
  REQUIRE(next.read(m.stored()));
  CHECK(next.stored() == m.stored());
  m.out.clear();
  for (auto* each : {&m, &next}) {
    each->go_on(anew + 1.1 * day);
    each->be(100, each->t + 60 * minute);
    CHECK(each->paged() == 1);
  }
  CHECK(next.stored() == m.stored());
  machine plain;
  plain.go_on(m.t);
  CHECK(m.stored().size() <= plain.stored().size() + 40);
}

TEST_CASE("who asks is told until when it learns anew, and that somebody had it do so") {
  machine m;
  m.go_on(8 * day);
  m.learn_anew();
  const double anew = m.t;
  const auto words = [&] {
    const auto account = m.rules.account(m.context, {}, milliseconds{0});
    for (const auto& each : account.rules)
      if (each.which == rule::state)
        return each.text;
    return std::string{};
  };
  CHECK(words() == "learns its normal range: 0 of 400 readings");
  m.go_on(anew + 0.9 * day);
  CHECK(words().find("pages nobody before 1970-01-10 00:00 UTC, so long it learns anew, as somebody had it do") !=
        std::string::npos);
  m.go_on(anew + 1.1 * day);
  CHECK(words().find("learns") == std::string::npos);
}

} // namespace learn_anew_test
