#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace channel_change_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  x.fresh = true;
  return x;
}

void pass(outbox_world& w, milliseconds time) {
  w.now += time;
  w.settle();
}

alarm_transition turned(const std::string& sensor, uint32_t number, severity level, event_time when) {
  auto x = at(transition(sensor, number, transition_kind::updated), when);
  x.level = level;
  x.pages = true;
  return x;
}

delivery_outcome busy(const channel_name&, const page&) {
  return delivery_outcome::retry;
}

} // namespace

TEST_CASE("an alarm that reopens when its channels have left the configuration is told to those that there are") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.settle();
  w.configure({{"slack2"}});
  w.settle();
  w.take(at(transition("t1", 3, transition_kind::reopened), w.now + 1min));
  pass(w, 1min);
  CHECK(w.told({"slack2"}) == strings{"t1 reopened"});
  CHECK(w.book->find(raise("t1").alarm)->explanation.starts_with("paged slack2"));
  w.take(at(clear("t1", 4), w.now));
  pass(w, 10min);
  CHECK(w.told({"slack2"}) == strings{"t1 reopened", "t1 cleared"});
}

TEST_CASE("a channel that comes back hears of the alarms that it was never told of, and of no other again") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t0"), w.now));
  w.settle();
  w.take(at(raise("t1"), w.now));
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "sms" ? delivery_outcome::sent : delivery_outcome::retry;
  });
  w.configure({{"sms"}});
  pass(w, 1min);
  w.configure({{"slack"}});
  pass(w, 1min);
  CHECK(w.told() == strings{"t0 raised", "t1 raised"});
  w.configure({{"slack"}, {"sms"}});
  pass(w, 1min);
  w.load();
  pass(w, 1min);
  CHECK(w.told() == strings{"t0 raised", "t1 raised"});
  CHECK(w.told({"sms"}) == strings{"t0 raised", "t1 raised"});
}

TEST_CASE("a channel that was away hears the end of what it was told, whether that came meanwhile or comes later") {
  for (const bool meanwhile : {false, true}) {
    CAPTURE(meanwhile);
    outbox_world w{{{"slack"}, {"sms"}}};
    w.take(at(raise("t1"), w.now));
    w.settle();
    w.configure({{"sms"}});
    w.settle();
    if (meanwhile) {
      w.take(at(clear("t1", 2), w.now));
      pass(w, 10min);
    }
    w.configure({{"slack"}, {"sms"}});
    w.settle();
    if (!meanwhile)
      w.take(at(clear("t1", 2), w.now));
    pass(w, 10min);
    pass(w, 10min);
    CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(w.told({"slack"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE("what a channel that has left was told is forgotten with the alarm") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.configure({{"sms"}});
  w.settle();
  CHECK(w.journal.marks.size() == 2);
  w.journal.alarms.clear();
  w.load();
  w.settle();
  CHECK(w.journal.marks.empty());
}

TEST_CASE("a page that the journal knows as gone is known to its channel after a crash, too") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  const auto told = w.told();
  // The alarm is lost from the journal, and so is what its channel was told; not the page's key.
  w.journal.alarms.clear();
  w.journal.marks.clear();
  w.load();
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.load();
  w.settle();
  CHECK(w.told() == told);
  w.take(at(clear("t1", 2), w.now));
  pass(w, 10min);
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
}

TEST_CASE("a rise of severity that no channel was there to hear of is told once when one is there again") {
  for (const bool waits : {false, true}) {
    CAPTURE(waits);
    outbox_world w{{{"slack"}}};
    w.take(at(raise("t1"), w.now));
    waits ? w.settle(busy) : w.settle();
    w.configure({});
    w.settle();
    w.take(turned("t1", 2, severity::critical, w.now));
    w.settle();
    w.configure({});
    w.settle();
    w.configure({{"slack"}});
    pass(w, 1min);
    w.load();
    pass(w, 1min);
    CHECK(w.told() == (waits ? strings{"t1 updated"} : strings{"t1 raised", "t1 updated"}));
    CHECK(w.came.back().second.about.level == severity::critical);
    w.take(at(clear("t1", 3), w.now));
    pass(w, 10min);
    CHECK(w.told().back() == "t1 cleared");
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE(
    "a rise of severity that others heard of is told once to the channel that was away, and not what fell again") {
  for (const bool falls : {false, true}) {
    CAPTURE(falls);
    outbox_world w{{{"slack"}, {"sms"}}};
    w.take(at(raise("t1"), w.now));
    w.settle();
    w.configure({{"sms"}});
    w.take(turned("t1", 2, severity::critical, w.now));
    w.settle();
    if (falls)
      w.take(turned("t1", 3, severity::high, w.now));
    w.settle();
    w.configure({{"slack"}, {"sms"}});
    pass(w, 1min);
    w.load();
    pass(w, 1min);
    CHECK(w.told() == (falls ? strings{"t1 raised"} : strings{"t1 raised", "t1 updated"}));
    CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 updated"});
  }
}

TEST_CASE("a rise of severity that nobody was there to hear of goes where the routes say, and one that was told "
          "nowhere else") {
  outbox_world w{{{"slack"}, {"duty"}}};
  w.ways = {{"bad", {}, {{"duty"}}}, {"all", {}, {{"slack"}}}};
  w.ways[0].match.level = severity::critical;
  w.load();
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(raise("t2"), w.now));
  w.settle();
  w.take(turned("t2", 2, severity::critical, w.now));
  w.settle();
  w.load();
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t2 raised"});
  CHECK(w.told({"duty"}) == strings{"t2 updated"});
  const auto ways = std::exchange(w.ways, {});
  w.configure({});
  w.take(turned("t1", 2, severity::critical, w.now));
  w.settle();
  w.ways = ways;
  w.configure({{"slack"}, {"duty"}});
  pass(w, 1min);
  w.load();
  pass(w, 1min);
  CHECK(w.told({"duty"}) == strings{"t2 updated", "t1 updated"});
  CHECK(w.told().size() == 3);
}

TEST_CASE("alarms that joined a group while its channel was away are told when it is there again") {
  outbox_world w{{{"slack"}, {"sms"}}};
  const auto state = [&](int n) {
    auto x = at(raise(numbered("t", n)), w.now);
    x.condition.which = rule::state;
    x.alarm = alarm_id_of(x.condition, start, 1);
    w.take(x);
  };
  for (int i = 0; i < 5; ++i)
    state(i);
  w.live(10min);
  w.configure({{"sms"}});
  for (int i = 5; i < 8; ++i)
    state(i);
  w.live(10min);
  w.configure({{"slack"}, {"sms"}});
  w.live(1min);
  w.load();
  w.live(1min);
  CHECK(w.told() == strings{"reactor-1 5 raised", "reactor-1 8 updated"});
  CHECK(w.told({"sms"}) == w.told());
}

TEST_CASE("a channel that left before anybody knew whether it has a raise hears the end when it is there again") {
  for (const bool dies : {false, true}) {
    CAPTURE(dies);
    outbox_world w{{{"slack"}, {"sms"}}};
    w.take(at(raise("t1"), w.now));
    if (dies) {
      w.write();
      REQUIRE(w.serve().size() == 2);
    } else {
      w.settle([](const channel_name& channel, const page&) {
        return channel.text == "slack" ? delivery_outcome::retry : delivery_outcome::sent;
      });
    }
    w.configure({{"sms"}});
    pass(w, 1min);
    w.take(at(clear("t1", 2), w.now));
    pass(w, 10min);
    w.load();
    w.configure({{"slack"}, {"sms"}});
    pass(w, 1min);
    pass(w, 10min);
    CHECK(w.told() == strings{"t1 cleared"});
    CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE("a channel that refused a raise before it left hears no end of it when it is there again") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t1"), w.now));
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_channel : delivery_outcome::sent;
  });
  w.configure({{"sms"}});
  pass(w, 1min);
  w.take(at(clear("t1", 2), w.now));
  pass(w, 10min);
  w.configure({{"slack"}, {"sms"}});
  pass(w, 1min);
  pass(w, 10min);
  CHECK(w.told().empty());
  CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
}

TEST_CASE("a rise that waited for a channel when it left is told when it is there again, and the end of what it knew") {
  for (const bool ends : {false, true}) {
    CAPTURE(ends);
    outbox_world w{{{"slack"}, {"sms"}}};
    w.take(at(raise("t1"), w.now));
    w.settle();
    w.take(turned("t1", 2, severity::critical, w.now));
    w.settle([](const channel_name& channel, const page&) {
      return channel.text == "slack" ? delivery_outcome::retry : delivery_outcome::sent;
    });
    w.configure({{"sms"}});
    pass(w, 1min);
    if (ends) {
      w.take(at(clear("t1", 3), w.now));
      pass(w, 10min);
    }
    w.configure({{"slack"}, {"sms"}});
    pass(w, 1min);
    w.load();
    pass(w, 10min);
    CHECK(w.told() == (ends ? strings{"t1 raised", "t1 cleared"} : strings{"t1 raised", "t1 updated"}));
  }
}

TEST_CASE("a start whose routes name channels that are not there numbers nothing anew and takes nothing back") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.ways = {{"gone", {}, {{"gone"}}}};
  w.configure({});
  w.settle();
  w.configure({});
  w.settle();
  const auto& record = *w.book->find(raise("t1").alarm);
  CHECK(record.latest.number == 1);
  CHECK(record.paged_level == severity::high);
  CHECK(record.explanation.starts_with("paged slack"));
}

TEST_CASE("what goes by a route that names no channel that is there goes to every channel") {
  outbox_world w{{{"slack"}}};
  w.ways = {{"gone", {}, {{"gone"}}}};
  w.load();
  w.take(at(raise("t1"), w.now));
  pass(w, 1min);
  CHECK(w.told() == strings{"t1 raised"});
}

TEST_CASE("what an older version took to be told as it stands is told to nobody again") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.configure({});
  w.take(turned("t1", 2, severity::critical, w.now));
  w.settle();
  for (auto& [which, mark] : w.journal.marks)
    mark.behind.reset();
  w.configure({{"slack"}});
  pass(w, 1min);
  CHECK(w.told() == strings{"t1 raised"});
}

} // namespace channel_change_test
