#include "protocol/alarm_reasons.hpp"
#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

namespace rule_change_test {

// A new form of a rule ends what stood by the old one: people hear of that once.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr int sensors = 1000;

alarm_transition state_alarm(int i, uint32_t number, transition_kind kind, event_time at) {
  auto x = transition(numbered("t", i), number, kind);
  x.condition.which = rule::state;
  x.raised_at = start - 24h + milliseconds{i};
  x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
  x.at = at;
  x.fresh = true;
  return x;
}

/// A journal of a program that knew no groups: a thousand alarms that were told one by one, and some that were shown.
struct upgraded {
  outbox_world world{{{"slack"}}};

  upgraded() {
    world.book_limits.groups.least = 0;
    world.load();
    for (int i = 0; i < sensors; ++i)
      world.take(state_alarm(i, 1, transition_kind::raised, world.now));
    for (int i = sensors; i < sensors + 200; ++i) {
      auto x = state_alarm(i, 1, transition_kind::raised, world.now);
      x.pages = false;
      x.level = severity::medium;
      world.take(x);
    }
    world.settle();
    world.live(10min);
    world.came.clear();
    world.book_limits = {};
    world.configure({{"slack"}, {"new"}});
  }
  void end(int i) {
    auto x = state_alarm(i, 2, transition_kind::cleared, world.now);
    x.pages = false;
    x.reason = alarm_reason::learns_anew;
    world.take(x);
  }
  /// Sensors speak one after the other, within a few minutes.
  void end_all() {
    for (int i = 0; i < sensors + 200; ++i) {
      end(i);
      if (i % 10 == 0)
        world.live(2s);
    }
  }
};

} // namespace

TEST_CASE("a thousand alarms that end because their rule learns anew are one message, where they had been told") {
  upgraded u;
  u.end_all();
  u.world.live(20min);
  CHECK(u.world.told() == std::vector<std::string>{"digest of 1000"});
  CHECK(u.world.told({"new"}).empty());
  REQUIRE(!u.world.came.empty());
  const auto text = describe(u.world.came.front().second);
  CHECK(text.starts_with("1000 alarms ended: the rule state learns anew; raised from 2027-01-14 08:00 UTC to "
                         "2027-01-14 08:00 UTC; ["));
  CHECK(text.find("over] high state cleared: t0 on reactor-1") != std::string::npos);
  CHECK(u.world.journal.outbox[{"slack"}].empty());
  CHECK(u.world.journal.marks.empty());
}

TEST_CASE("a crash at any moment of it neither loses nor doubles what is told, and a repeat is the same bytes") {
  for (int crash_at = 0; crash_at < 40; crash_at += static_cast<int>(stride)) {
    CAPTURE(crash_at);
    upgraded u;
    u.end_all();
    u.world.write();
    std::map<std::string, std::set<std::string>> bytes;
    std::vector<page> taken;
    int step = 0;
    bool answered = true;
    for (int i = 0; i < 200; ++i) {
      u.world.now += 10s;
      u.world.write();
      if (++step == crash_at)
        u.world.load();
      for (const auto& [channel, orders] : u.world.serve())
        for (const auto& order : orders.all) {
          std::string body;
          append_json(body, order.what);
          bytes[receiver_key_of(order.what)].insert(body);
          taken.push_back(order.what);
          // The node may die at the receiver's answer: then it comes again, as it was.
          if (crash_at % 2 == 1 && answered) {
            answered = false;
            u.world.load();
            continue;
          }
          u.world.report(channel, order, delivery_outcome::sent);
        }
    }
    CHECK(bytes.size() == 1);
    CHECK(taken.size() == (crash_at % 2 == 1 ? 2 : 1));
    for (const auto& [key, texts] : bytes)
      CHECK(texts.size() == 1);
    REQUIRE(!taken.empty());
    CHECK(taken.back().digest->members.size() == sensors);
  }
}

TEST_CASE("what ends for another reason is told by itself, and old news before it") {
  upgraded u;
  for (int i = 0; i < 3; ++i)
    u.end(i);
  auto x = state_alarm(3, 2, transition_kind::cleared, u.world.now);
  x.pages = false;
  u.world.take(x);
  auto old = raise("old");
  old.at = u.world.now - 1h;
  u.world.take(old);
  u.world.live(20min);
  CHECK(u.world.told() == std::vector<std::string>{"digest of 1", "t3 cleared", "digest of 3"});
}

TEST_CASE("a group whose alarms end that way is one of those") {
  outbox_world world{{{"slack"}}};
  for (int i = 0; i < 6; ++i)
    world.take(state_alarm(i, 1, transition_kind::raised, world.now));
  world.live(1min);
  for (int i = 0; i < 6; ++i) {
    auto x = state_alarm(i, 2, transition_kind::cleared, world.now);
    x.pages = false;
    x.reason = alarm_reason::learns_anew;
    world.take(x);
  }
  world.live(10min);
  CHECK(world.told() == std::vector<std::string>{"reactor-1 6 raised", "digest of 1"});
}

} // namespace rule_change_test
