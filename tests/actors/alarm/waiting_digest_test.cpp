#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace waiting_digest_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  return x;
}

alarm_transition fresh(alarm_transition x, event_time when) {
  x.fresh = true;
  return at(std::move(x), when);
}

alarm_transition rise(const std::string& sensor, uint32_t number, event_time when) {
  auto x = at(transition(sensor, number, transition_kind::updated), when);
  x.level = severity::critical;
  x.priority = 90;
  x.pages = true;
  return x;
}

const auto busy = [](const auto&, const auto&) { return delivery_outcome::retry; };
const auto no_digest = [](const auto&, const page& x) {
  return x.digest ? delivery_outcome::retry : delivery_outcome::sent;
};

} // namespace

TEST_CASE("a digest that waits goes before a newer page of an alarm that it tells of") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now - 1h));
  w.settle(busy);
  w.now += 10s;
  w.settle(busy);
  w.take(rise("t1", 2, w.now));
  w.settle(busy);
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"digest of 1", "t1 updated"});
}

TEST_CASE("a digest that cannot be read now goes before a newer page of its alarm all the same; others do not wait") {
  outbox_world w{{{"slack"}}, {}, 0};
  w.take(at(raise("t1"), w.now - 1h));
  w.settle(busy);
  w.now += 10s;
  w.settle(busy);
  REQUIRE(!w.tried.empty());
  REQUIRE(w.tried.back().second.digest);
  w.now += 2s;
  w.journal.unreadable = true;
  w.take(rise("t1", 2, w.now));
  w.take(fresh(raise("t2"), w.now));
  w.desk->release();
  const auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  CHECK(hands[0].orders.all[0].what.about.condition.sensor.text == "t2");
  w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::sent);
  CHECK(w.serve().empty());
  w.journal.unreadable = false;
  w.now += 1s;
  w.settle();
  CHECK(w.told() == strings{"digest of 1", "t1 updated"});
}

TEST_CASE("a digest that says that an alarm is over goes before its reopening, also over a crash") {
  for (const bool crash : {false, true}) {
    CAPTURE(crash);
    outbox_world w{{{"slack"}}};
    w.take(at(raise("t1"), w.now - 1h));
    w.take(at(clear("t1", 2), w.now - 50min));
    w.settle(busy);
    w.now += 15s;
    w.settle(busy);
    REQUIRE(!w.tried.empty());
    CHECK(w.tried.back().second.digest);
    w.take(fresh(transition("t1", 3, transition_kind::reopened), w.now));
    w.write();
    if (crash)
      w.load();
    // While the digest waits to be tried again.
    w.settle();
    w.now += 1min;
    w.settle();
    CHECK(w.told() == strings{"digest of 1", "t1 reopened"});
  }
}

TEST_CASE("a digest that a receiver cannot take keeps back no alarm for longer than a few tries, nor tells it anew") {
  for (const bool others : {false, true}) {
    CAPTURE(others);
    outbox_world w{{{"slack"}}};
    w.take(at(raise("t1"), w.now - 1h));
    if (others)
      w.take(at(raise("t2"), w.now - 1h));
    w.settle();
    w.now += 10s;
    w.settle(no_digest);
    w.take(rise("t1", 2, w.now));
    for (int second = 0; second < 5; ++second, w.now += 1s)
      w.settle(no_digest);
    CHECK(w.told() == strings{"t1 updated"});
    w.now += 1min;
    w.settle();
    CHECK(w.told() == (others ? strings{"t1 updated", "digest of 1"} : strings{"t1 updated"}));
    for (const auto& [channel, x] : w.came)
      if (x.digest) {
        CHECK(x.digest->members.front().alarm == raise("t2").alarm);
        CHECK(x.digest->standing == 1);
        REQUIRE(x.digest->others.size() == 1);
        CHECK(x.digest->others.front().alarm == raise("t2").alarm);
      }
    CHECK(w.journal.outbox[{"slack"}].empty());
  }
}

TEST_CASE("a page goes ahead of a digest when that is on disk: a crash brings the old digest back behind none") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now - 1h));
  w.settle(busy);
  w.now += 15s;
  w.settle(busy);
  w.take(rise("t1", 2, w.now));
  w.now += 1s;
  // Three tries of the digest, in vain.
  for (int tries = 1; tries < 3;) {
    w.write();
    for (const auto& [channel, orders] : w.serve()) {
      REQUIRE(orders.all[0].what.digest);
      w.report(channel, orders.all[0], delivery_outcome::retry, 1000ms);
      ++tries;
    }
    w.now += 1s;
  }
  w.write();
  CHECK(w.serve().empty());
  w.write();
  const auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  CHECK_FALSE(hands[0].orders.all[0].what.digest);
  w.came.emplace_back(hands[0].channel, hands[0].orders.all[0].what);
  w.load();
  w.now += 1min;
  w.settle();
  w.now += 10min;
  w.settle();
  CHECK(w.told() == strings{"t1 updated", "t1 updated"});
}

TEST_CASE("old news is told although newer pages come as fast as the channel takes them, and behind what is critical") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("old"), w.now - 1h));
  w.write();
  for (int second = 0; second < 60; ++second) {
    w.take(fresh(raise(numbered("n", second)), w.now));
    w.write();
    for (const auto& [channel, orders] : w.serve()) {
      w.came.emplace_back(channel, orders.all[0].what);
      w.now += 1s;
      w.report(channel, orders.all[0], delivery_outcome::sent);
    }
  }
  const auto told = w.told();
  CHECK(std::count(told.begin(), told.end(), "digest of 1") == 1);

  outbox_world v{{{"slack"}}};
  v.take(at(raise("old"), v.now - 1h));
  v.settle();
  v.now += 10s;
  v.write();
  CHECK(v.serve().empty());
  v.take(fresh(raise("new"), v.now));
  auto worse = fresh(raise("worse"), v.now);
  worse.level = severity::critical;
  worse.priority = 90;
  v.take(worse);
  v.settle();
  CHECK(v.told() == strings{"worse raised", "digest of 1", "new raised"});
}

} // namespace waiting_digest_test
