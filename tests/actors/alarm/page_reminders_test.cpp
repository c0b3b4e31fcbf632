#include "protocol/quantities.hpp"
#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

#include <random>

namespace page_reminders_test {

// Who is told again of an alarm that nobody sees to.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;

const channel_name slack{"slack"}, sms{"sms"}, chief{"chief"};

alarm_route route(const char* name, const channel_name& channel, const char* shift = nullptr) {
  alarm_route out;
  out.name = name;
  out.channels = {channel};
  if (shift)
    out.match.shifts = {{"site", shift}};
  out.reminders = {10min, 6, {}, 20min};
  return out;
}

struct site {
  outbox_world world{{slack, sms, chief}};
  alarm_transition newest;

  explicit site(std::vector<alarm_route> ways = {route("all", slack)}) {
    world.ways = std::move(ways);
    world.book_limits.reminders = {severity::critical, 8h};
    world.load();
  }

  alarm_transition step(uint32_t number, transition_kind kind, severity level = severity::critical) {
    newest = transition("t1", number, kind);
    newest.at = world.now;
    newest.level = level;
    newest.pages = !ends_alarm(kind);
    newest.fresh = true;
    world.take(newest);
    world.settle();
    return newest;
  }
  void raise(severity level = severity::critical) { step(1, transition_kind::raised, level); }
  void later(milliseconds time) { world.live(time); }
  void acknowledge() {
    world.acknowledge(newest.alarm);
    world.settle();
  }
  const alarm_record& record() const { return *world.book->find(newest.alarm); }

  // The minutes since `from` at which each page came over a channel.
  std::vector<std::string> reasons(const channel_name& channel = slack) const {
    std::vector<std::string> out;
    for (const auto& [to, x] : world.came)
      if (to == channel)
        out.push_back(x.about.reason);
    return out;
  }
};

} // namespace

TEST_CASE("a critical alarm that nobody acknowledges is told again every ten minutes, six times at most") {
  site s;
  s.raise();
  s.later(9min);
  CHECK(s.reasons() == list{""});
  s.later(1min);
  CHECK(s.reasons() == list{"", "told again: nobody has acknowledged it for 10 min"});
  CHECK(s.record().explanation ==
        "paged slack: limit critical, priority 85; route all; told again: nobody has acknowledged it for 10 min");
  s.later(12h);
  CHECK(s.reasons().size() == 7);
  CHECK(s.reasons().back() == "told again: nobody has acknowledged it for 1 h");
}

TEST_CASE("an acknowledgement ends it, and so does the alarm's end") {
  site s;
  s.raise();
  s.later(10min);
  SUBCASE("acknowledged") {
    s.acknowledge();
  }
  SUBCASE("over") {
    s.step(2, transition_kind::cleared);
  }
  SUBCASE("less severe now") {
    s.step(2, transition_kind::updated, severity::high);
  }
  const auto told = s.world.told();
  s.later(3h);
  CHECK(s.reasons(slack).size() <= 3);
  for (size_t i = told.size(); i < s.world.told().size(); ++i)
    CHECK(s.world.told()[i] == "t1 cleared");
}

TEST_CASE("what is less severe is not told again") {
  site s;
  s.raise(severity::high);
  s.later(12h);
  CHECK(s.reasons().size() == 1);
  s.step(2, transition_kind::updated);
  s.later(10min);
  CHECK(s.reasons().size() == 3);
}

TEST_CASE("one that reopens is waited for anew") {
  site s;
  s.raise();
  s.later(4min);
  s.step(2, transition_kind::cleared);
  s.later(20min);
  s.step(3, transition_kind::reopened);
  const auto before = s.reasons().size();
  s.later(9min);
  CHECK(s.reasons().size() == before);
  s.later(1min);
  CHECK(s.reasons().size() == before + 1);
  CHECK(s.reasons().back() == "told again: nobody has acknowledged it for 10 min");
}

TEST_CASE("the next level is told after twenty minutes, and with each reminder from then on") {
  auto way = route("all", slack);
  way.reminders.next_level = {chief};
  site s{{way}};
  s.raise();
  s.later(19min);
  CHECK(s.reasons(slack).size() == 2);
  CHECK(s.reasons(chief).empty());
  s.later(1min);
  CHECK(s.reasons(chief) == list{"told again: nobody has acknowledged it for 20 min"});
  const auto told =
      std::find_if(s.world.came.begin(), s.world.came.end(), [](const auto& x) { return x.first == chief; });
  CHECK(told->second.route == "all, next level");
  s.later(10min);
  CHECK(s.reasons(chief).size() == 2);
  CHECK(s.reasons(slack).size() == 4);
  s.acknowledge();
  s.step(2, transition_kind::cleared);
  s.later(10min);
  CHECK(s.world.told(chief).back() == "t1 cleared");
  CHECK(s.reasons(sms).empty());
}

TEST_CASE("the next level has a moment of its own where that is none of the others'") {
  auto way = route("all", slack);
  way.reminders = {0min, 6, {chief}, 15min};
  site s{{way}};
  s.raise();
  s.later(15min);
  s.later(12h);
  CHECK(s.reasons(slack).size() == 1);
  CHECK(s.reasons(chief) == list{"told again: nobody has acknowledged it for 15 min"});
}

TEST_CASE("without a route everybody is told again, as it is set for all") {
  site s{{}};
  s.world.reminders = {10min, 2};
  s.world.load();
  s.raise();
  s.later(12h);
  for (const auto& each : {slack, sms, chief})
    CHECK(s.reasons(each).size() == 3);
}

TEST_CASE("whoever is on shift by then is told again, and the end goes to all who were told") {
  site s{{route("day", slack, "day"), route("night", sms, "night")}};
  auto& of = s.world.calendars["site"];
  of.shifts["day"] = {parse_shift_span("06:00-22:00").value()};
  of.shifts["night"] = {parse_shift_span("22:00-06:00").value()};
  s.world.now = parse_time("2027-01-15T20:55:00Z").value();
  s.world.load();
  s.raise();
  s.later(10min);
  CHECK(s.reasons(slack).size() == 1);
  CHECK(s.reasons(sms) == list{"told again: nobody has acknowledged it for 10 min"});
  s.acknowledge();
  s.step(2, transition_kind::cleared);
  s.later(10min);
  CHECK(s.world.told(slack) == list{"t1 raised", "t1 cleared"});
  CHECK(s.world.told(sms) == list{"t1 raised", "t1 cleared"});
}

TEST_CASE("a restart changes nothing, and what fell due meanwhile is told once") {
  site s;
  s.raise();
  s.later(10min);
  s.world.load();
  s.world.settle();
  CHECK(s.reasons().size() == 2);
  s.world.now += 35min;
  s.world.load();
  s.world.settle();
  CHECK(s.reasons().size() == 3);
  CHECK(s.reasons().back() == "told again: nobody has acknowledged it for 45 min");
  s.later(12h);
  CHECK(s.reasons().size() == 5);
}

TEST_CASE("a crash before a reminder is on disk loses none and doubles none") {
  site s;
  s.raise();
  s.world.now += 10min;
  s.world.pass();
  s.world.load();
  s.world.settle();
  CHECK(s.reasons() == list{"", "told again: nobody has acknowledged it for 10 min"});
}

TEST_CASE("an old alarm that still stands is told again like a fresh one, by itself") {
  site s;
  s.newest = transition("t1", 1, transition_kind::raised);
  s.newest.at = s.newest.raised_at = s.world.now - 5h;
  s.newest.level = severity::critical;
  s.world.take(s.newest);
  s.world.settle();
  s.later(10min);
  CHECK(s.world.told() == list{"t1 raised late", "t1 raised"});
  CHECK(s.reasons().back() == "told again: nobody has acknowledged it for 10 min");
}

TEST_CASE("what is shelved is not told again, and what stands behind its shelf waits anew") {
  site s;
  s.raise();
  s.later(5min);
  auto shelf = shelf_of_sensor({"main"}, {"t1"});
  shelf.since = s.world.now;
  shelf.until = s.world.now + 2h;
  shelf.reason = "new bearing";
  s.world.shelve(shelf);
  s.later(119min);
  CHECK(s.reasons().size() == 1);
  s.later(2min);
  CHECK(s.reasons().size() == 2);
  s.later(10min);
  CHECK(s.reasons().size() == 3);
}

TEST_CASE("one that stands eight hours after it was acknowledged is told again, and wants another acknowledgement") {
  site s;
  s.raise();
  s.acknowledge();
  s.later(7h);
  s.world.load();
  CHECK(s.reasons().size() == 1);
  s.later(1h);
  REQUIRE(s.reasons().size() == 2);
  CHECK(s.reasons().back() == "it still stands; acknowledged by anna at 2027-01-15 09:00 CET");
  CHECK(!s.record().acknowledged);
  s.later(10min);
  CHECK(s.reasons().back() == "told again: nobody has acknowledged it for 10 min");
  s.acknowledge();
  s.step(2, transition_kind::cleared);
  s.later(24h);
  CHECK(s.world.told().back() == "t1 cleared");
  CHECK(s.reasons().size() == 4);
}

TEST_CASE(
    "where there is a calendar an acknowledgement wears off at the next change of shift, and whoever comes is told") {
  site s{{route("early", slack, "early"), route("late", sms, "late"), route("night", chief, "night")}};
  auto& of = s.world.calendars["site"];
  of.shifts["early"] = {parse_shift_span("06:00-14:00").value()};
  of.shifts["late"] = {parse_shift_span("14:00-22:00").value()};
  of.shifts["night"] = {parse_shift_span("22:00-06:00").value()};
  s.world.now = parse_time("2027-01-15T10:00:00Z").value();
  s.world.load();
  s.raise();
  SUBCASE("an hour into the shift") {
    s.acknowledge();
    s.later(2h + 59min);
  }
  SUBCASE("a minute before its end") {
    s.later(2h + 58min);
    s.acknowledge();
    s.later(1min);
  }
  SUBCASE("over a restart") {
    s.acknowledge();
    s.world.load();
    s.later(2h + 59min);
  }
  CHECK(s.reasons(sms).empty());
  s.later(1min);
  REQUIRE(s.reasons(sms).size() == 1);
  CHECK(s.reasons(sms).back().starts_with("it still stands; acknowledged by anna at 2027-01-15 1"));
  CHECK(!s.record().acknowledged);
  s.acknowledge();
  s.later(7h + 59min);
  CHECK(s.reasons(chief).empty());
  s.later(1min);
  CHECK(s.reasons(chief).size() == 1);
  s.acknowledge();
  const auto told = s.world.came.size();
  s.step(2, transition_kind::cleared);
  s.later(48h);
  for (size_t i = told; i < s.world.came.size(); ++i)
    CHECK(s.world.came[i].second.about.kind == transition_kind::cleared);
}

TEST_CASE("where no route asks a calendar, or an acknowledgement holds for ever, no change of shift counts") {
  site s{{route("all", slack)}};
  s.world.calendars["site"].shifts["early"] = {parse_shift_span("06:00-14:00").value()};
  s.world.load();
  SUBCASE("a calendar for others") {
    s.raise();
    s.acknowledge();
    s.later(7h + 59min);
    CHECK(s.reasons().size() == 1);
    s.later(1min);
    CHECK(s.reasons().size() == 2);
  }
  SUBCASE("for ever") {
    s.world.ways = {route("early", slack, "early"), route("rest", slack)};
    s.world.book_limits.reminders.acknowledged_for = 0ms;
    s.world.load();
    s.raise();
    s.acknowledge();
    s.later(48h);
    CHECK(s.reasons().size() == 1);
  }
}

TEST_CASE("what waits for a channel that is down is one page, however often it was to be told again") {
  site s;
  s.world.settle([](const auto&, const auto&) { return delivery_outcome::retry; });
  const auto dead = [](const auto&, const auto&) { return delivery_outcome::retry; };
  s.newest = transition("t1", 1, transition_kind::raised);
  s.newest.at = s.world.now;
  s.newest.level = severity::critical;
  s.newest.fresh = true;
  s.world.take(s.newest);
  for (int minute = 0; minute < 45; ++minute) {
    s.world.now += 1min;
    s.world.settle(dead);
  }
  CHECK(s.reasons().empty());
  s.later(4min);
  // As what it is: nobody there was told before.
  CHECK(s.reasons() == list{""});
}

TEST_CASE("a reminder that waits is taken back by an acknowledgement, over a restart too") {
  site s;
  s.raise();
  s.world.now += 10min;
  for (int minute = 0; minute < 3; ++minute) {
    s.world.settle([](const auto&, const auto&) { return delivery_outcome::retry; });
    s.world.now += 1min;
  }
  SUBCASE("at once") {}
  SUBCASE("behind a restart") {
    s.world.load();
  }
  s.world.acknowledge(s.newest.alarm);
  s.later(1h);
  CHECK(s.reasons() == list{""});
  CHECK(s.world.journal.notified.back().outcome == notification_outcome::grouped);
  CHECK(s.world.journal.notified.back().detail == "somebody had acknowledged it by then");
}

TEST_CASE(
    "whom a reminder never reached before it was taken back is told by no start, and hears the end if it may have it") {
  for (const bool lost : {false, true}) {
    CAPTURE(lost);
    auto way = route("all", slack);
    way.reminders = {0min, 6, {chief}, 20min};
    site s{{way}};
    s.raise();
    s.world.now += 20min;
    s.world.settle(
        [&](const auto&, const auto&) { return lost ? delivery_outcome::retry : delivery_outcome::refused_channel; });
    s.acknowledge();
    s.later(1h);
    s.world.load();
    s.later(1h);
    CHECK(s.reasons(chief).empty());
    s.step(2, transition_kind::cleared);
    s.later(10min);
    CHECK(s.world.told(chief) == (lost ? list{"t1 cleared"} : list{}));
  }
}

TEST_CASE("a reminder that stands for an alert in hand that did not get there is taken back by no acknowledgement") {
  site s;
  s.newest = transition("t1", 1, transition_kind::raised);
  s.newest.at = s.world.now;
  s.newest.level = severity::critical;
  s.newest.fresh = true;
  s.world.take(s.newest);
  s.world.write();
  const auto hands = s.world.serve();
  REQUIRE(hands.size() == 1);
  s.world.now += 10min;
  s.world.write();
  s.world.report(slack, hands[0].orders.all[0], delivery_outcome::retry, 1min);
  s.world.write();
  s.world.acknowledge(s.newest.alarm);
  s.later(5min);
  CHECK(s.reasons(slack).size() == 1);
}

TEST_CASE("a clock that was ahead when it paged, and is set back, keeps nobody from being told again") {
  site s;
  s.world.now += 24h;
  s.raise();
  SUBCASE("while nobody had acknowledged it") {
    s.world.now -= 24h;
    s.later(9min);
    CHECK(s.reasons().size() == 1);
    s.later(3min);
    CHECK(s.reasons().size() == 2);
  }
  SUBCASE("after somebody had") {
    s.acknowledge();
    s.world.now -= 24h;
    s.later(7h);
    CHECK(s.reasons().size() == 1);
    s.later(1h + 2min);
    CHECK(s.reasons().size() == 2);
  }
}

TEST_CASE("however it goes, what is acknowledged or over is not told again, and what waits never more than it may be") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    auto way = route("all", slack);
    way.reminders = {10min, 3, {chief}, 15min};
    site s{{way}};
    uint32_t number = 0;
    bool stands = false, acknowledged = false;
    event_time waits = never;
    size_t reminded = 0;
    for (int each = 0; each < 40; ++each) {
      const auto seen = s.world.came.size();
      const bool may = stands && !acknowledged;
      s.later(std::chrono::minutes{random() % 12});
      for (size_t i = seen; i < s.world.came.size(); ++i) {
        const auto& x = s.world.came[i].second;
        if (x.about.reason.find("told again") == std::string::npos)
          continue;
        CHECK_MESSAGE(may, "seed ", seed);
        reminded += s.world.came[i].first == slack;
      }
      CHECK_MESSAGE(reminded <= 3, "seed ", seed);
      if (may && s.world.now - waits >= 31min)
        CHECK_MESSAGE(reminded == 3, "seed ", seed);
      switch (random() % 5) {
      case 0:
      case 1:
        if (!stands) {
          ++number;
          s.step(number, number == 1 ? transition_kind::raised : transition_kind::reopened);
          stands = true;
          acknowledged = false;
          waits = s.world.now;
          reminded = 0;
        }
        break;
      case 2:
        if (stands && random() % 2) {
          s.step(++number, transition_kind::cleared);
          stands = false;
        }
        break;
      case 3:
        if (stands && random() % 3 == 0) {
          s.acknowledge();
          acknowledged = true;
        }
        break;
      case 4:
        s.world.write();
        s.world.load();
        s.world.settle();
        break;
      }
    }
  }
}

} // namespace page_reminders_test
