#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace pages_together_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  return x;
}

alarm_transition critical(alarm_transition x) {
  x.level = severity::critical;
  return x;
}

struct plant : outbox_world {
  explicit plant(page_rate rate = {}) : outbox_world{{{"slack"}}} {
    terms[{"slack"}].together_over = 10;
    terms[{"slack"}].rate = rate;
    load();
  }

  void raise_many(int count, const std::string& name = "t") {
    for (int i = 0; i < count; ++i)
      take(at(raise(numbered(name, i)), now));
  }

  void pass(milliseconds time, milliseconds step = 1s) {
    for (const auto end = now + time; now < end;) {
      now = std::min(end, now + step);
      settle();
    }
  }
};

} // namespace

TEST_CASE("over ten that are due at once are one message, which names the worst five, the first one first") {
  plant p;
  auto worst = at(raise("worst"), p.now);
  worst.priority = 99;
  p.raise_many(11);
  p.take(worst);
  p.settle();
  REQUIRE(p.told() == strings{"digest of 12"});
  const auto& digest = *p.came[0].second.digest;
  CHECK(digest.at_once);
  CHECK(digest.standing == 12);
  REQUIRE(digest.others.size() == 5);
  CHECK(digest.others[0].alarm == worst.alarm);
  CHECK(headline_of(digest).starts_with("12 alarms at once, from "));
  CHECK(p.outcomes(worst) == std::vector{notification_outcome::grouped});
}

TEST_CASE("ten go by themselves, and a critical alert always does, before everything") {
  plant ten;
  ten.raise_many(10);
  ten.settle();
  CHECK(ten.told().size() == 10);
  plant p;
  p.raise_many(30);
  auto urgent = critical(at(raise("urgent"), p.now));
  urgent.priority = 1;
  p.take(urgent);
  p.settle();
  CHECK(p.told() == strings{"urgent raised", "digest of 30"});
}

TEST_CASE("a critical alert goes before a digest, of whatever severity, and before what has more bonuses") {
  plant p;
  p.raise_many(12);
  p.write();
  CHECK(p.serve().empty());
  auto later = critical(at(raise("later"), p.now));
  later.priority = 1;
  p.take(later);
  auto high = at(raise("high"), p.now);
  high.priority = 185;
  p.take(high);
  p.settle();
  REQUIRE(p.told().size() >= 2);
  CHECK(p.told()[0] == "later raised");
  CHECK(p.told()[1] == "digest of 12");
}

TEST_CASE("of what comes fast one by one ten go by themselves, and the others in one message within ten seconds") {
  plant p;
  for (int i = 0; i < 50; ++i) {
    p.take(at(raise(numbered("t", i)), p.now));
    p.settle();
    p.now += 100ms;
  }
  p.pass(10s);
  CHECK(p.told().size() == 12);
  CHECK(p.told()[10] == "digest of 11");
  CHECK(p.told()[11] == "digest of 29");
}

TEST_CASE("a few more than ten that come fast wait for no longer than ten seconds") {
  plant p;
  p.raise_many(10);
  p.settle();
  p.raise_many(3, "u");
  p.settle();
  CHECK(p.told().size() == 10);
  CHECK(p.desk->wake() == p.now + 10s);
  p.pass(10s);
  CHECK(p.told().size() == 13);
}

TEST_CASE("a channel that was down has what waits for it in one message at its return") {
  plant p;
  p.raise_many(40);
  const auto down = [](const auto&, const auto&) { return delivery_outcome::retry; };
  for (int i = 0; i < 60; ++i, p.now += 2s)
    p.outbox_world::settle(down);
  p.raise_many(5, "u");
  p.outbox_world::settle(down);
  p.tried.clear();
  p.now += 5s;
  p.settle();
  p.pass(10s);
  CHECK(p.told().size() <= 6);
  CHECK(p.tried.size() == p.told().size());
}

TEST_CASE("the ends of what one message told are one message, and so are many ends that are due at once") {
  plant p;
  p.raise_many(20);
  p.settle();
  for (int i = 0; i < 20; ++i)
    p.take(at(clear(numbered("t", i), 2), p.now));
  p.pass(6min);
  CHECK(p.told() == strings{"digest of 20", "digest of 20"});
  CHECK(p.came[1].second.digest->standing == 0);
  CHECK(p.journal.marks.empty());

  plant singly;
  for (int i = 0; i < 20; ++i) {
    singly.take(at(raise(numbered("t", i)), singly.now));
    singly.pass(2s);
  }
  REQUIRE(singly.told().size() == 20);
  for (int i = 0; i < 20; ++i)
    singly.take(at(clear(numbered("t", i), 2), singly.now));
  singly.pass(6min);
  REQUIRE(singly.told().size() == 21);
  CHECK(singly.told().back() == "digest of 20");
  CHECK(singly.came.back().second.digest->at_once);
  CHECK(singly.journal.marks.empty());
  CHECK(singly.journal.outbox[{"slack"}].empty());
}

TEST_CASE("the one message is on disk with its members before its first try, and comes again as the same bytes") {
  plant p;
  p.raise_many(15);
  p.write();
  CHECK(p.serve().empty());
  p.write();
  REQUIRE(p.journal.outbox[{"slack"}].size() == 1);
  auto hands = p.serve();
  REQUIRE(hands.size() == 1);
  const auto first = hands[0].orders.all[0].what;
  p.load();
  p.write();
  hands = p.serve();
  REQUIRE(hands.size() == 1);
  const auto again = hands[0].orders.all[0].what;
  std::string before, after;
  append_json(before, first);
  append_json(after, again);
  CHECK(before == after);
  CHECK(before.find("\"at_once\":true") != std::string::npos);
  CHECK(receiver_key_of(first) == receiver_key_of(again));
}

TEST_CASE("over its rate a channel's pages wait, take each other in, and all come") {
  plant p{{2, 60'000ms}};
  p.raise_many(8);
  p.settle();
  CHECK(p.told().empty());
  CHECK(p.desk->wake() == p.now + 30s);
  p.pass(31s);
  CHECK(p.told().size() == 1);
  auto worse = critical(at(transition("t7", 2, transition_kind::updated), p.now));
  worse.pages = true;
  p.take(worse);
  p.pass(30s);
  CHECK(p.told().size() == 2);
  CHECK(p.told()[1] == "t7 updated");
  p.pass(4min);
  CHECK(p.told().size() == 8);
  CHECK(p.desk->pending() == 0);
}

TEST_CASE("no minute has more messages than its rate and what was saved up, whatever comes") {
  plant p{{3, 60'000ms}};
  std::vector<event_time> sent;
  for (int i = 0; i < 600; ++i) {
    if (i % 3 == 0)
      p.take(at(raise(numbered("t", i)), p.now));
    p.outbox_world::settle([&](const auto&, const auto&) {
      sent.push_back(p.now);
      return i % 7 == 0 ? delivery_outcome::retry : delivery_outcome::sent;
    });
    p.now += 1s;
  }
  for (size_t i = 0; i + 6 < sent.size(); ++i)
    CHECK(sent[i + 6] - sent[i] > 60s);
  p.pass(20min, 10s);
  CHECK(p.desk->pending() == 0);
  std::set<uuid> known;
  for (const auto& [channel, x] : p.came)
    if (x.digest)
      for (const auto& each : x.digest->members)
        known.insert(each.alarm);
    else
      known.insert(x.about.alarm);
  CHECK(known.size() == 200);
}

TEST_CASE("while the journal fails many pages at once come all the same") {
  plant p;
  p.raise_many(40);
  p.desk->release();
  for (int i = 0; i < 100; ++i) {
    for (const auto& [channel, orders] : p.serve())
      for (const auto& order : orders.all) {
        p.came.emplace_back(channel, order.what);
        CHECK(order.what.may_repeat);
        p.report(channel, order, delivery_outcome::sent);
      }
    p.desk->release();
    p.now += 100ms;
  }
  CHECK(p.told() == strings{"digest of 40"});
}

} // namespace pages_together_test
