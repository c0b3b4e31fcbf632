#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace page_spacing_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;

/// One sensor whose state rule raises one alarm after the other.
struct noisy_sensor {
  outbox_world world{{{"slack"}}};
  std::string sensor = "t";
  uint32_t raises = 0, number = 0;
  event_time raised;

  alarm_transition step(transition_kind kind, severity level = severity::high, bool pages = true) {
    if (kind == transition_kind::raised) {
      number = 0;
      ++raises;
      raised = world.now;
    }
    auto x = transition(sensor, ++number, kind);
    x.condition.which = rule::state;
    x.raised_at = raised;
    x.alarm = alarm_id_of(x.condition, raised, raises);
    x.at = world.now;
    x.level = level;
    x.pages = pages && kind != transition_kind::cleared;
    x.fresh = true;
    world.take(x);
    return x;
  }
  void later(milliseconds time) { world.live(time); }
  size_t paged() const {
    size_t out = 0;
    for (const auto& each : world.told())
      out += each.find("cleared") == std::string::npos;
    return out;
  }
  const alarm_record& record(const alarm_transition& x) const { return *world.book->find(x.alarm); }
};

} // namespace

TEST_CASE("an alarm of the state rule pages once, whatever becomes of it") {
  noisy_sensor s;
  s.step(transition_kind::raised, severity::medium, false);
  s.later(1min);
  CHECK(s.paged() == 0);
  s.step(transition_kind::updated);
  s.later(11s);
  CHECK(s.world.told() == list{"t updated"});
  s.step(transition_kind::cleared);
  s.later(2min);
  s.step(transition_kind::reopened, severity::medium, false);
  s.later(1min);
  s.step(transition_kind::updated);
  s.later(1min);
  CHECK(s.world.told() == list{"t updated", "t reopened"});
}

TEST_CASE("a sensor pages once in a day; what is held back says so, and goes when the day is over if it still stands") {
  noisy_sensor s;
  const auto first = s.step(transition_kind::raised);
  s.later(11s);
  s.later(1h);
  s.step(transition_kind::cleared);
  s.later(1h);
  const auto second = s.step(transition_kind::raised);
  s.later(1min);
  CHECK(s.paged() == 1);
  CHECK(s.record(second).explanation == "not paged: paged at 2027-01-15 09:00 CET for " + short_form(first.alarm) +
                                            ", again at 2027-01-16 09:00 CET if it still stands");
  SUBCASE("it stands, over a restart") {
    s.world.load();
    s.later(21h);
    CHECK(s.paged() == 1);
    s.later(1h);
    s.later(11s);
    CHECK(s.paged() == 2);
    const auto text = describe(s.world.came.back().second);
    CHECK(text.find("not told before: paged at 2027-01-15 09:00 CET for " + short_form(first.alarm)) !=
          std::string::npos);
    CHECK(!s.world.came.back().second.told_late);
    CHECK(!s.world.came.back().second.digest);
  }
  SUBCASE("it stands, and from the next start on a sensor pages as often as it likes") {
    s.world.write();
    s.world.book_limits.page_again_after = 0ms;
    s.world.load();
    s.later(1s);
    s.later(11s);
    CHECK(s.paged() == 2);
  }
  SUBCASE("it stands, and from the next start on a sensor pages once in an hour") {
    s.world.write();
    s.world.book_limits.page_again_after = 1h;
    s.world.load();
    s.later(58min);
    CHECK(s.paged() == 1);
    s.later(2min);
    s.later(11s);
    CHECK(s.paged() == 2);
  }
  SUBCASE("it is over by then") {
    s.step(transition_kind::cleared);
    s.later(23h);
    CHECK(s.paged() == 1);
    CHECK(s.record(second).explanation.ends_with("and it was over by then"));
    CHECK(s.record(second).finished());
  }
  SUBCASE("the one before is acknowledged, and over") {
    s.world.acknowledge(first.alarm);
    s.later(11s);
    s.later(11s);
    CHECK(s.paged() == 2);
  }
  SUBCASE("the day after is another day") {
    s.step(transition_kind::cleared);
    s.later(23h);
    s.step(transition_kind::raised);
    s.later(11s);
    CHECK(s.paged() == 2);
  }
}

TEST_CASE("an acknowledged alarm that still stands holds the next back") {
  noisy_sensor s;
  const auto first = s.step(transition_kind::raised);
  s.later(11s);
  s.world.acknowledge(first.alarm);
  // A clock that was set back may make another alarm of it while the first stands.
  const auto second = s.step(transition_kind::raised);
  s.later(11s);
  CHECK(s.record(second).held_back);
}

TEST_CASE("the time is the sensor's own in a backlog, and a clock that ran ahead holds nothing back for longer") {
  SUBCASE("a backlog of two days") {
    noisy_sensor s;
    const auto start = s.world.now;
    for (const auto at : {0h, 5h, 30h}) {
      s.world.now = start + 72h;
      s.raised = start + at;
      s.number = 0;
      ++s.raises;
      auto x = transition("t", 1, transition_kind::raised);
      x.condition.which = rule::state;
      x.raised_at = x.at = start + at;
      x.alarm = alarm_id_of(x.condition, x.at, s.raises);
      s.world.take(x);
      auto over = transition("t", 2, transition_kind::cleared);
      over.condition.which = rule::state;
      over.alarm = x.alarm;
      over.raised_at = x.at;
      over.at = x.at + 1h;
      s.world.take(over);
    }
    s.later(11s);
    s.later(11s);
    CHECK(s.world.told() == list{"digest of 2"});
  }
  SUBCASE("a year ahead") {
    noisy_sensor s;
    auto x = transition("t", 1, transition_kind::raised);
    x.condition.which = rule::state;
    x.raised_at = x.at = s.world.now + 24h * 365;
    x.alarm = alarm_id_of(x.condition, x.at, 7);
    s.world.take(x);
    s.later(11s);
    CHECK(s.paged() == 1);
    s.step(transition_kind::raised);
    s.later(23h);
    CHECK(s.paged() == 1);
    s.later(2h);
    s.later(11s);
    CHECK(s.paged() == 2);
  }
}

TEST_CASE("a sensor that a group named counts as paged; a day later they are a group again") {
  outbox_world world{{{"slack"}}};
  const auto day = [&](uint32_t raises) {
    std::vector<alarm_transition> out;
    for (int i = 0; i < 6; ++i) {
      auto x = transition(numbered("t", i), 1, transition_kind::raised);
      x.condition.which = rule::state;
      x.raised_at = x.at = world.now;
      x.fresh = true;
      x.alarm = alarm_id_of(x.condition, x.at, raises);
      world.take(x);
      out.push_back(x);
    }
    return out;
  };
  const auto over = [&](const std::vector<alarm_transition>& all) {
    for (auto x : all) {
      x.number = 2;
      x.kind = transition_kind::cleared;
      x.at = world.now;
      x.pages = false;
      world.take(x);
    }
  };
  const auto first = day(1);
  world.live(11s);
  over(first);
  world.live(1h);
  CHECK(world.told() == list{"reactor-1 6 raised", "reactor-1 6 cleared"});
  day(2);
  world.live(11s);
  CHECK(world.told().size() == 2);
  SUBCASE("after the day") {
    world.live(23h);
    world.live(11s);
    CHECK(world.told().size() == 3);
    CHECK(world.told().back() == "reactor-1 6 raised");
  }
  SUBCASE("when somebody answers for the group") {
    world.acknowledge(world.book->find(first[0].alarm)->group);
    world.settle();
    world.live(11s);
    CHECK(world.told().size() == 3);
    CHECK(world.told().back() == "reactor-1 6 raised");
  }
}

} // namespace page_spacing_test
