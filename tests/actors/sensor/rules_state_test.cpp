// The alarms of the state rule; what it computes is tested with the detector.
#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_state_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr double minute = 60, day = 24 * 60 * minute;

// 530 readings of a sensor that was at 19.5 and 20.5 to 22, and at 28 since the 500th, with the alarm of the rule
// before: stored by the version before.
constexpr std::string_view earlier_alarm =
    "026812080000000000e8a420010000190b74656d7065726174757265631f6540ffff000000010000000000003c400000000000003c40cc6f"
    "704e00f73a407a06f8710ae41b40c901c94ec6034c14fd3f1e90c5030fe807e807e807e807e807e807e807e807e807e807e807e807e807e8"
    "07e8073200000000008033400000000000003c4000920457c2f28ba4910440d0c94090c5030000000000006e400000000000000000000000"
    "0000ffbc524fecc85b3a400000000000000000000000059204c7340f7fbdac3b40797b9198d04734404ef0743d307b3440806aba71d2afc9"
    "3f00797b9198d047344030c9b556457e344001020403038c01010190c50300000190c503";

/// A machine with two loads, 10 and 20, each for 40 readings, a minute apart.
struct machine : watched_sensor {
  double t = 0;
  int i = 0;

  machine() {
    windows = false;
    settings.of(rule::z).alarm = false;
  }
  void go_on(double until) {
    for (; t < until; t += minute, ++i)
      at(t, i / 40 % 2 ? 20 : 10);
  }
  void be(double x, double until) {
    for (; t < until; t += minute, ++i)
      at(t, x);
  }
  std::vector<transition_kind> kinds() const {
    std::vector<transition_kind> all;
    for (const auto& x : out.transitions)
      all.push_back(x.kind);
    return all;
  }
};

} // namespace

TEST_CASE("in its first week a sensor that leaves its range is shown and pages nobody") {
  machine m;
  m.go_on(3 * day);
  m.be(100, 3 * day + 60 * minute);
  REQUIRE(m.out.transitions.size() == 1);
  const auto& x = m.out.transitions[0];
  CHECK(x.level == severity::medium);
  CHECK(x.priority == 50);
  CHECK(!x.pages);
  CHECK(m.anomalies(rule::state) == 1);
}

TEST_CASE("after its first week it is shown at medium, and pages once it is far outside: one alarm, one page") {
  machine m;
  m.go_on(8 * day);
  for (double x = 20; x < 40; x += 0.1)
    m.be(x, m.t + minute);
  REQUIRE(m.out.transitions.size() == 2);
  const auto &shown = m.out.transitions[0], &paged = m.out.transitions[1];
  CHECK(shown.kind == transition_kind::raised);
  CHECK(shown.level == severity::medium);
  CHECK(!shown.pages);
  CHECK(paged.kind == transition_kind::updated);
  CHECK(paged.alarm == shown.alarm);
  CHECK(paged.level == severity::high);
  CHECK(paged.priority == 70);
  CHECK(paged.pages);
  CHECK(paged.at > shown.at);
  CHECK(m.anomalies(rule::state) == 2);
}

TEST_CASE("severity only rises within an alarm") {
  machine m;
  m.go_on(8 * day);
  m.be(40, m.t + 30 * minute);
  m.be(24, m.t + 60 * minute);
  m.be(40, m.t + 30 * minute);
  size_t pages = 0;
  for (const auto& x : m.out.transitions)
    pages += x.pages;
  CHECK(pages == 1);
  CHECK(m.out.transitions.back().level == severity::high);
  CHECK(m.rules.states().has(rule::state));
}

TEST_CASE("a page names the feature, its value, its range, how often that was tried out, and how far outside it is") {
  machine m;
  m.go_on(8 * day);
  m.be(100, m.t + 10 * minute);
  REQUIRE(!m.out.transitions.empty());
  const auto& x = m.out.transitions[0];
  double v = 0, lo = 0, hi = 0, d = 0;
  int turns = 0;
  CAPTURE(x.reason);
  REQUIRE(std::sscanf(x.reason.c_str(),
                      "level %lf outside of its normal %lf .. %lf by %lf widths; range tried out %d times", &v, &lo,
                      &hi, &d, &turns) == 5);
  CHECK(lo == doctest::Approx(10).epsilon(0.02));
  CHECK(hi == doctest::Approx(20).epsilon(0.02));
  CHECK(d == doctest::Approx((v - hi) / (hi - lo)).epsilon(0.01));
  CHECK(turns == static_cast<int>(x.evidence.against.count));
  CHECK(turns > 200);
  CHECK(x.evidence.against.max == doctest::Approx(hi).epsilon(1e-4));
  CHECK(describe(x).find(x.reason) != std::string::npos);
}

TEST_CASE("it clears at the first reading that is inside 60 s after the last that was outside, and never by a timer") {
  machine m;
  m.go_on(8 * day);
  m.be(40, m.t + 20 * minute);
  REQUIRE(m.rules.states().has(rule::state));
  m.be(15, m.t + 40 * minute);
  CHECK(m.kinds().front() == transition_kind::raised);
  CHECK(m.kinds().back() == transition_kind::cleared);
  CHECK(!m.rules.states().has(rule::state));
  machine silent;
  silent.go_on(8 * day);
  silent.be(40, silent.t + 20 * minute);
  silent.sweep(silent.t + day);
  for (const auto& x : silent.out.transitions)
    CHECK((x.condition.which != rule::state || x.kind != transition_kind::cleared));
}

TEST_CASE("readings closer than 60 s: inside for 59 s is not enough, outside in between begins it anew") {
  machine m;
  m.go_on(8 * day);
  m.be(900, m.t + 5 * minute);
  REQUIRE(m.rules.states().has(rule::state));
  const double from = m.t;
  double last_outside = from;
  for (double t = from; t < from + 3000 && m.rules.states().has(rule::state); ++t) {
    m.at(t, 15);
    if (m.out.scores.back().state > 0)
      last_outside = t;
  }
  REQUIRE(m.out.transitions.back().kind == transition_kind::cleared);
  CHECK(epoch_ms(m.out.transitions.back().at) == static_cast<int64_t>(1000 * (last_outside + 60)));
}

TEST_CASE("a step that stays is adapted when its day is over, within the first week") {
  machine m;
  m.go_on(3 * day);
  m.be(100, 4 * day + 2 * minute);
  REQUIRE(m.out.transitions.size() == 2);
  CHECK(m.out.transitions[1].kind == transition_kind::adapted);
  CHECK(!m.rules.states().has(rule::state));
}

TEST_CASE("a new calibration date changes nothing about what is normal") {
  machine m;
  m.context.calibration_date = "2026-01-01";
  m.go_on(8 * day);
  m.context.calibration_date = "2026-06-01";
  m.be(40, m.t + 20 * minute);
  REQUIRE(!m.out.transitions.empty());
  CHECK(m.out.transitions.back().pages);
}

TEST_CASE("scores have each detector's own: the state rule's from the 401st reading on, none where it is not taught") {
  machine m;
  m.go_on(400 * minute);
  CHECK(std::isnan(m.out.scores.back().state));
  CHECK(m.out.scores.back().novelty >= 0);
  m.go_on(401 * minute);
  CHECK(m.out.scores.back().state == 0);
  m.be(2000, m.t + minute);
  CHECK(std::isnan(m.out.scores.back().state));
  CHECK(std::isnan(m.out.scores.back().z));
  m.go_on(8 * day);
  m.be(100, m.t + 10 * minute);
  CHECK(m.out.scores.back().state > 0.5);
  CHECK(m.out.scores.back().score >= m.out.scores.back().state);
}

TEST_CASE("an alarm of the rule before ends, since its rule learns anew; every other state goes on") {
  watched_sensor s;
  s.windows = false;
  s.context.thresholds = {0, 10, 30, 40, absent};
  std::string bytes;
  for (size_t i = 0; i < earlier_alarm.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string{earlier_alarm.substr(i, 2)}, nullptr, 16));
  binary_reader in{bytes};
  REQUIRE(s.rules.decode(in));
  REQUIRE(in.at_end());
  REQUIRE(s.rules.states().has(rule::state));
  s.at(530, 28);
  REQUIRE(s.story(rule::state) == story{"cleared@530"});
  CHECK(s.out.transitions[0].reason == "its rule learns anew");
  CHECK(s.out.transitions[0].number == 2);
  CHECK(!s.rules.states().has(rule::state));
  // The hour's habit and the interval go on: a silence is known as one at once.
  s.sweep(600);
  CHECK(s.rules.states().has(rule::stale));
}

} // namespace rules_state_test
