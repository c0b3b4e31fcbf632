#include "tests/actors/alarm/stateful_world.hpp"

#include <doctest/doctest.h>

namespace changed_channels_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

alarm_transition at(alarm_transition x, event_time when, bool fresh = false) {
  x.at = when;
  x.fresh = fresh;
  return x;
}

alarm_transition fresh(alarm_transition x, event_time when) {
  return at(std::move(x), when, true);
}

alarm_transition rise(const std::string& sensor, uint32_t number, event_time when) {
  auto x = fresh(transition(sensor, number, transition_kind::updated), when);
  x.level = severity::critical;
  x.priority = 90;
  x.pages = true;
  return x;
}

void pass(outbox_world& w, milliseconds time, int times = 1) {
  for (int i = 0; i < times; ++i) {
    w.now += time;
    w.settle();
  }
}

delivery_outcome busy(const channel_name&, const page&) {
  return delivery_outcome::retry;
}

stateful_receivers duty_of_states() {
  return {{{"duty"}, {1, milliseconds{0}, true}}};
}

} // namespace

TEST_CASE("a receiver of states that is an ordinary channel now is told what stands, and then its end") {
  for (const bool reached : {true, false}) {
    CAPTURE(reached);
    outbox_world w{{{"duty"}}, {}, 4, duty_of_states()};
    w.take(fresh(raise("t1"), w.now));
    if (reached)
      w.settle();
    else
      w.settle(busy);
    CHECK(w.came.size() == reached);
    w.came.clear();
    w.stateful.clear();
    w.load();
    pass(w, 1min);
    pass(w, 30min);
    CHECK(w.told({"duty"}) == strings{"t1 raised"});
    w.take(fresh(clear("t1", 2), w.now));
    pass(w, 10min);
    CHECK(w.told({"duty"}) == strings{"t1 raised", "t1 cleared"});
  }
}

TEST_CASE("what ended while a receiver of states was an ordinary channel is told to it as over when it is one again") {
  for (const bool reached : {true, false}) {
    CAPTURE(reached);
    outbox_world w{{{"duty"}}, {}, 4, duty_of_states()};
    w.take(fresh(raise("t1"), w.now));
    w.settle();
    REQUIRE(states_told(w, {"duty"}) == strings{"t1 stands high"});
    w.stateful.clear();
    w.load();
    if (reached)
      w.settle();
    else
      w.settle(busy);
    w.take(fresh(clear("t1", 2), w.now));
    pass(w, 10min, 2);
    w.load();
    pass(w, 1min);
    w.came.clear();
    w.stateful = duty_of_states();
    w.load();
    pass(w, 1min);
    CHECK(states_told(w, {"duty"}) == strings{"t1 over"});
    CHECK(w.journal.marks.empty());
    w.load();
    pass(w, 1min);
    CHECK(w.came.size() == 1);
  }
}

TEST_CASE("what ended while an ordinary channel was a receiver of states is told as over when it is ordinary again") {
  for (const bool reached : {true, false}) {
    CAPTURE(reached);
    outbox_world w{{{"duty"}}};
    w.take(fresh(raise("t1"), w.now));
    reached ? w.settle() : w.settle(busy);
    w.stateful = duty_of_states();
    w.load();
    w.settle();
    w.load();
    w.take(fresh(clear("t1", 2), w.now));
    pass(w, 10min, 2);
    w.load();
    w.came.clear();
    w.stateful.clear();
    w.load();
    pass(w, 1min);
    pass(w, 10min);
    CHECK(w.told({"duty"}) == strings{"t1 cleared"});
    CHECK(w.told().empty());
    w.load();
    pass(w, 10min);
    CHECK(w.came.size() == 1);
    w.came.clear();
    w.stateful = duty_of_states();
    w.load();
    pass(w, 1min);
    CHECK(w.came.empty());
  }
}

TEST_CASE(
    "an ordinary channel that was a receiver of states meanwhile hears of what it knew only that it has risen, and "
    "the end") {
  for (const bool rises : {false, true}) {
    CAPTURE(rises);
    outbox_world w{{{"duty"}}};
    w.take(fresh(raise("t1"), w.now));
    w.settle();
    w.stateful = duty_of_states();
    w.load();
    w.settle();
    if (rises)
      w.take(rise("t1", 2, w.now));
    w.settle();
    w.load();
    w.settle();
    w.came.clear();
    w.stateful.clear();
    w.load();
    pass(w, 1min);
    w.load();
    pass(w, 30min);
    CHECK(w.told({"duty"}) == (rises ? strings{"t1 updated"} : strings{}));
    w.came.clear();
    w.take(fresh(clear("t1", 3), w.now));
    pass(w, 10min);
    CHECK(w.told({"duty"}) == strings{"t1 cleared"});
  }
}

TEST_CASE(
    "a rise that waited for an ordinary channel when it became a receiver of states is told when it is one again") {
  outbox_world w{{{"duty"}}};
  w.take(fresh(raise("t1"), w.now));
  w.settle();
  w.take(rise("t1", 2, w.now));
  w.settle(busy);
  w.stateful = duty_of_states();
  w.load();
  w.settle();
  w.came.clear();
  w.stateful.clear();
  w.load();
  pass(w, 1min);
  CHECK(w.told({"duty"}) == strings{"t1 updated"});
}

TEST_CASE("a group that grew while its channel was a receiver of states is told when it is ordinary again") {
  for (const bool grows : {false, true}) {
    CAPTURE(grows);
    outbox_world w{{{"duty"}}};
    const auto state = [&](int n) {
      auto x = fresh(raise(numbered("t", n)), w.now);
      x.condition.which = rule::state;
      x.alarm = alarm_id_of(x.condition, start, 1);
      w.take(x);
    };
    for (int i = 0; i < 5; ++i)
      state(i);
    w.live(10min);
    REQUIRE(w.told({"duty"}) == strings{"reactor-1 5 raised"});
    w.stateful = duty_of_states();
    w.load();
    if (grows)
      state(5);
    w.live(10min);
    w.came.clear();
    w.stateful.clear();
    w.load();
    w.live(10min);
    CHECK(w.told({"duty"}) == (grows ? strings{"reactor-1 6 updated"} : strings{}));
  }
}

TEST_CASE("a start numbers no group anew for a receiver of states, which is told of its alarms") {
  outbox_world w{{{"duty"}}, {}, 4, duty_of_states()};
  uuid group;
  for (int i = 0; i < 5; ++i) {
    auto x = fresh(raise(numbered("t", i)), w.now);
    x.condition.which = rule::state;
    x.alarm = alarm_id_of(x.condition, start, 1);
    w.take(x);
  }
  w.live(1min);
  for (const auto& each : w.book->all())
    if (each.second->members)
      group = each.first;
  REQUIRE(w.book->find(group));
  const auto told_wall = w.book->find(group)->told_wall;
  for (int i = 0; i < 2; ++i) {
    w.load();
    w.live(1min);
  }
  CHECK(w.book->find(group)->latest.number == 1);
  CHECK(w.book->find(group)->told_wall == told_wall);
}

TEST_CASE(
    "what an ordinary channel was told is no state: where it ended before the channel is one of states, none is") {
  outbox_world w{{{"duty"}, {"sms"}}};
  w.ways = {{"duty alone", {}, {{"duty"}}}};
  w.load();
  w.take(fresh(raise("t1"), w.now));
  w.settle();
  w.take(fresh(clear("t1", 2), w.now));
  w.settle();
  w.came.clear();
  w.stateful = duty_of_states();
  w.load();
  pass(w, 10min, 2);
  CHECK(w.came.empty());
  w.stateful.clear();
  w.load();
  pass(w, 10min, 2);
  CHECK(w.told({"duty"}) == strings{"t1 cleared"});
  CHECK(w.told({"sms"}).empty());
  CHECK(w.journal.marks.empty());
}

TEST_CASE("what a channel of both sorts was told outlasts its absence, as each of them") {
  outbox_world w{{{"duty"}, {"sms"}}};
  w.take(fresh(raise("t1"), w.now));
  w.settle();
  w.stateful = duty_of_states();
  w.load();
  w.settle();
  w.configure({{"sms"}});
  w.take(fresh(clear("t1", 2), w.now));
  pass(w, 10min, 2);
  w.came.clear();
  w.stateful.clear();
  w.configure({{"duty"}, {"sms"}});
  pass(w, 10min);
  CHECK(w.told({"duty"}) == strings{"t1 cleared"});
  w.came.clear();
  w.stateful = duty_of_states();
  w.load();
  pass(w, 1min);
  CHECK(states_told(w, {"duty"}) == strings{"t1 over"});
  CHECK(w.journal.marks.empty());
}

TEST_CASE("what ended while a receiver of states was out of the configuration is over there however late it is back") {
  for (const bool was_ordinary : {false, true}) {
    CAPTURE(was_ordinary);
    outbox_world w{{{"duty"}, {"sms"}}, {}, 4, duty_of_states()};
    w.take(fresh(raise("t1"), w.now));
    w.settle();
    if (was_ordinary) {
      w.stateful.clear();
      w.load();
      w.settle();
    }
    w.configure({{"sms"}});
    w.take(fresh(clear("t1", 2), w.now));
    pass(w, 10min, 2);
    w.came.clear();
    w.journal.alarms.clear();
    w.load();
    pass(w, 1min);
    w.stateful = duty_of_states();
    w.configure({{"duty"}, {"sms"}});
    pass(w, 1min);
    REQUIRE(w.came.size() == 1);
    const auto& told = w.came[0].second.states->at(0);
    CHECK(told.newest.alarm == raise("t1").alarm);
    CHECK(told.is == alarm_now::what::over);
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE("what came and went while it waited for a channel that is a receiver of states now is told by others") {
  outbox_world w{{{"duty"}, {"sms"}}};
  w.ways = {{"duty alone", {}, {{"duty"}}}};
  w.load();
  w.take(fresh(raise("t1"), w.now));
  w.settle(busy);
  w.now += 20s;
  w.take(fresh(clear("t1", 2), w.now));
  w.settle(busy);
  w.now += 10min;
  w.settle(busy);
  w.stateful = duty_of_states();
  w.load();
  pass(w, 10min, 2);
  CHECK(w.told({"sms"}) == strings{"digest of 1"});
}

TEST_CASE("what follows a digest waits until it is on disk that the digest was told") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now - 1h));
  w.settle(busy);
  w.now += 10s;
  w.settle(busy);
  w.take(rise("t1", 2, w.now));
  w.write();
  w.now += 1min;
  auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  REQUIRE(hands[0].orders.all[0].what.digest);
  w.came.emplace_back(hands[0].channel, hands[0].orders.all[0].what);
  w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::sent);
  hands = w.serve();
  for (const auto& each : hands)
    w.came.emplace_back(each.channel, each.orders.all[0].what);
  w.load();
  w.settle();
  CHECK(w.told() == strings{"digest of 1", "digest of 1", "t1 updated"});
}

TEST_CASE("an alarm that ends while no channel is there is told as over behind the raise that waited") {
  outbox_world w{{{"slack"}}};
  const bool old = [] {
    bool chosen = false;
    SUBCASE("fresh") {
      chosen = false;
    }
    SUBCASE("in a digest") {
      chosen = true;
    }
    return chosen;
  }();
  w.take(old ? at(raise("t1"), w.now - 1h) : fresh(raise("t1"), w.now));
  w.settle(busy);
  w.now += 10s;
  w.settle(busy);
  w.configure({});
  w.settle();
  w.take(fresh(clear("t1", 2), w.now));
  w.settle();
  w.configure({{"slack"}});
  pass(w, 1min);
  pass(w, 10min, 10);
  CHECK(w.told() == (old ? strings{"digest of 1", "digest of 1"} : strings{"t1 raised", "t1 cleared"}));
}

TEST_CASE("an alarm that is up again before its end was told, and no channel was there, is told as standing") {
  for (const bool states_stay : {false, true}) {
    CAPTURE(states_stay);
    outbox_world w{{{"slack"}, {"duty"}}, {}, 4, duty_of_states()};
    w.take(fresh(raise("t1"), w.now));
    w.settle();
    w.take(fresh(clear("t1", 2), w.now));
    w.settle();
    w.configure(states_stay ? std::vector<channel_name>{{"duty"}} : std::vector<channel_name>{});
    w.settle();
    w.now += 2min;
    w.take(fresh(transition("t1", 3, transition_kind::reopened), w.now));
    w.settle();
    w.configure({{"slack"}, {"duty"}});
    pass(w, 1min);
    pass(w, 10min, 10);
    REQUIRE(w.book->find(raise("t1").alarm)->state == alarm_state::active);
    CHECK(w.told({"slack"}) == strings{"t1 raised", "t1 reopened"});
  }
}

TEST_CASE("a message for many that a stand-in gave up told nobody: each page goes on waiting for its own channel") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.ways = {{"slack alone", {}, {{"slack"}}}};
  w.terms[{"slack"}].fallback_after = 5min;
  w.terms[{"slack"}].fallback = {{"sms"}};
  w.terms[{"sms"}].together_over = 1;
  w.load();
  const auto first = fresh(raise("t1"), w.now);
  w.take(first);
  w.take(fresh(raise("t2"), w.now));
  w.take(fresh(raise("t3"), w.now));
  for (int i = 0; i < 60; ++i) {
    w.now += 10s;
    w.settle([](const channel_name& channel, const page& x) {
      return channel.text == "sms" && x.digest ? delivery_outcome::refused_page : delivery_outcome::retry;
    });
  }
  CHECK(w.came.empty());
  for (const auto& each : w.outcomes(first))
    CHECK(each != notification_outcome::fallback);
}

} // namespace changed_channels_test
