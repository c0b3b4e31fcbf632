#include "tests/actors/alarm/stateful_world.hpp"

#include <doctest/doctest.h>

namespace fallback_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;
using outcomes = std::vector<notification_outcome>;

namespace {

alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  return x;
}

/// Alerts go to slack alone, and the others stand in for it.
struct plant : outbox_world {
  explicit plant(std::vector<channel_name> others = {{"sms"}, {"mail"}}, delivery_limits limits = {},
                 size_t in_memory = 4)
      : outbox_world{all(others), limits, in_memory} {
    routed = [](const page& x) { return x.channel.text == "slack"; };
    terms[{"slack"}].fallback_after = 5min;
    terms[{"slack"}].fallback = std::move(others);
    load();
  }

  static std::vector<channel_name> all(std::vector<channel_name> others) {
    others.insert(others.begin(), {"slack"});
    return others;
  }

  void settle() {
    outbox_world::settle([&](const channel_name& channel, const page&) {
      return dead.contains(channel.text)        ? delivery_outcome::retry
             : unwilling.contains(channel.text) ? delivery_outcome::refused_channel
                                                : delivery_outcome::sent;
    });
  }

  void pass(milliseconds time, milliseconds step = 10s) {
    for (const auto end = now + time; now < end;) {
      now = std::min(end, now + step);
      settle();
    }
  }

  std::string detail_of(const std::string& key) const {
    for (const auto& each : journal.notified)
      if (each.key == key)
        return each.detail;
    return "none";
  }

  std::set<std::string> dead{"slack"}, unwilling;
};

} // namespace

TEST_CASE(
    "what waits for a channel that has failed for five minutes goes over the others, and is no news for it then") {
  plant p;
  p.take(at(raise("t1"), p.now));
  p.settle();
  p.pass(4min + 50s);
  CHECK(p.told({"sms"}).empty());
  p.pass(20s);
  CHECK(p.told({"sms"}) == strings{"t1 raised"});
  CHECK(p.told({"mail"}) == strings{"t1 raised"});
  CHECK(p.came[0].second.kind == page_kind::alert);
  CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
  CHECK(p.detail_of(to_string(raise("t1").alarm) + "-1-slack") == "told by mail");
  CHECK(std::any_of(p.news.begin(), p.news.end(), [](const auto& each) {
    return each.what == channel_news::kind::fallback && each.channel.text == "slack" &&
           each.reason == "1 page goes over mail, sms";
  }));
  p.pass(1min);
  p.dead.clear();
  p.pass(10min);
  // It still stands: one message shows it to who looks there.
  CHECK(p.told() == strings{"digest of 1"});
  CHECK(p.told({"sms"}).size() == 1);
}

TEST_CASE("what a receiver of states has told for another channel is told, also over a restart") {
  for (const bool restarted : {false, true}) {
    CAPTURE(restarted);
    plant p{{{"pd"}}};
    p.stateful = two_receivers();
    p.ways = {{"slack alone", {}, {{"slack"}}}};
    p.load();
    p.take(at(raise("t1"), p.now));
    p.pass(4min + 50s);
    CHECK(states_told(p, {"pd"}).empty());
    if (restarted) {
      p.dead.insert("pd");
      p.pass(20s);
      p.load();
      p.dead.erase("pd");
    }
    p.pass(3min);
    CHECK(states_told(p, {"pd"}) == strings{"t1 stands high"});
    CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
    CHECK(p.detail_of(to_string(raise("t1").alarm) + "-1-slack") == "told by pd");
    p.dead.clear();
    p.pass(10min);
    CHECK(p.told() == strings{"digest of 1"});
  }
}

TEST_CASE("the end goes where the raise was really told") {
  for (const bool returns : {false, true}) {
    CAPTURE(returns);
    plant p;
    p.take(at(raise("t1"), p.now));
    p.pass(6min);
    if (returns)
      p.dead.clear();
    p.pass(1min);
    p.take(at(clear("t1", 2), p.now));
    p.pass(6min);
    CHECK(p.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(p.told({"mail"}) == strings{"t1 raised", "t1 cleared"});
    p.dead.clear();
    p.pass(20min);
    CHECK(p.told() == strings{"digest of 1", "digest of 1"});
    CHECK(p.came.back().second.digest->standing == 0);
    CHECK(p.journal.marks.empty());
    for (const auto& [channel, waiting] : p.journal.outbox)
      CHECK(waiting.empty());
  }
}

TEST_CASE("who may have a page that others told in its place hears the end, also where a later page took it in") {
  for (const bool grows : {false, true})
    for (const bool restarted : {false, true}) {
      CAPTURE(grows);
      CAPTURE(restarted);
      plant p{{{"sms"}}};
      p.dead = {"slack", "sms"};
      p.take(at(raise("t1"), p.now));
      p.settle();
      if (grows) {
        auto worse = at(transition("t1", 2, transition_kind::updated), p.now);
        worse.level = severity::critical;
        worse.pages = true;
        p.take(worse);
      }
      p.pass(6min);
      p.take(at(clear("t1", 3), p.now));
      p.settle();
      if (restarted)
        p.load();
      p.dead = {"slack"};
      p.pass(1min);
      CHECK(p.told({"sms"}) == (grows ? strings{"t1 updated"} : strings{"t1 raised"}));
      p.dead.clear();
      p.pass(10min);
      CHECK(p.told() == strings{"t1 cleared"});
      CHECK(p.told({"sms"}).back() == "t1 cleared");
      CHECK(p.journal.marks.empty());
    }
}

TEST_CASE("that a receiver may have what a later page took in is known behind a restart") {
  plant p{{{"sms"}}};
  p.dead = {"slack", "sms"};
  p.take(at(raise("t1"), p.now));
  p.settle();
  p.dead = {"sms"};
  p.unwilling = {"slack"};
  auto worse = at(transition("t1", 2, transition_kind::updated), p.now);
  worse.level = severity::critical;
  worse.pages = true;
  p.take(worse);
  p.write();
  p.load();
  p.pass(6min);
  p.take(at(clear("t1", 3), p.now));
  p.settle();
  p.dead.clear();
  p.pass(1min);
  p.unwilling.clear();
  p.pass(10min);
  CHECK(p.told() == strings{"t1 cleared"});
  CHECK(p.journal.marks.empty());
}

TEST_CASE("who refused what others told in its place hears no end of it, whatever restarts") {
  for (const bool dies : {false, true}) {
    CAPTURE(dies);
    plant p{{{"sms"}}};
    p.dead = {"sms"};
    p.unwilling = {"slack"};
    p.take(at(raise("t1"), p.now));
    p.pass(3min);
    if (dies)
      p.load();
    p.pass(6min);
    p.take(at(clear("t1", 2), p.now));
    p.dead.clear();
    p.pass(1min);
    p.unwilling.clear();
    p.pass(10min);
    CHECK(p.told().empty());
    CHECK(p.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(p.journal.marks.empty());
  }
}

TEST_CASE("who may have a page that was given up hears the end, and who only refused it does not") {
  struct {
    std::string what;
    delivery_outcome first, then;
    milliseconds given_up;
    strings told;
  } const cases[]{{"lost, then refused", delivery_outcome::retry, delivery_outcome::refused_page, 24h, {"t1 cleared"}},
                  {"lost for too long", delivery_outcome::retry, delivery_outcome::retry, 2min, {"t1 cleared"}},
                  {"refused", delivery_outcome::refused_page, delivery_outcome::refused_page, 24h, {}}};
  for (const auto& each : cases) {
    CAPTURE(each.what);
    delivery_limits limits;
    limits.give_up_after = each.given_up;
    outbox_world w{{{"slack"}, {"sms"}}, limits};
    const auto slack = [&w](delivery_outcome outcome) {
      w.settle([&](const channel_name& channel, const page& x) {
        return channel.text == "slack" && !ends_alarm(x) ? outcome : delivery_outcome::sent;
      });
    };
    w.take(at(raise("t1"), w.now));
    w.write();
    for (const auto& [channel, orders] : w.serve())
      w.report(channel, orders.all[0], channel.text == "slack" ? each.first : delivery_outcome::sent, 1s);
    w.take(at(clear("t1", 2), w.now));
    for (int i = 0; i < 18; ++i, w.now += 10s)
      slack(each.then);
    CHECK(w.outcomes(raise("t1")) == outcomes{notification_outcome::failed});
    CHECK(w.outcomes(raise("t1"), {"sms"}) == outcomes{notification_outcome::sent});
    for (int i = 0; i < 30; ++i, w.now += 10s)
      slack(delivery_outcome::sent);
    CHECK(w.told() == each.told);
    CHECK(w.told({"sms"}) == strings{"t1 cleared"});
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE("while nobody can tell it, it waits everywhere, and comes as what it is where it comes first") {
  plant p{{{"sms"}}};
  p.dead = {"slack", "sms"};
  p.take(at(raise("t1"), p.now));
  p.pass(10min);
  CHECK(p.came.empty());
  CHECK(p.outcomes(raise("t1")).empty());
  CHECK(p.journal.outbox[{"sms"}].size() == 1);
  CHECK(p.journal.outbox[{"slack"}].begin()->second.over == std::vector<channel_name>{{"sms"}});
  p.dead = {"sms"};
  p.pass(10s);
  CHECK(p.told() == strings{"t1 raised"});
  p.dead = {};
  p.pass(10s);
  CHECK(p.told({"sms"}) == strings{"t1 raised"});
  CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::sent});
}

TEST_CASE("a node that dies between any two steps loses nothing and tells nothing twice") {
  for (int when = 0; when < 12; ++when)
    for (const bool written : {false, true}) {
      CAPTURE(when);
      CAPTURE(written);
      plant p{{{"sms"}}};
      p.take(at(raise("t1"), p.now));
      p.write();
      // Tried in vain for five minutes.
      p.pass(5min - 1s, 1s);
      p.now += 2s;
      p.dead.insert("sms");
      for (int step = 0; step < 12; ++step) {
        if (step == 6)
          p.dead.erase("sms");
        if (step % 3 == 2) {
          p.write();
        } else {
          for (const auto& [channel, orders] : p.serve())
            for (const auto& order : orders.all) {
              const bool fails = p.dead.contains(channel.text);
              if (!fails)
                p.came.emplace_back(channel, order.what);
              p.report(channel, order, fails ? delivery_outcome::retry : delivery_outcome::sent, 1s);
              // What was answered, and is not on disk, may come again: not what this is about.
              if (!fails)
                p.write();
            }
          p.now += 1s;
        }
        if (step == when) {
          if (written)
            p.write();
          p.load();
        }
      }
      p.pass(12min, 5s);
      CHECK(p.told({"sms"}) == strings{"t1 raised"});
      CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
      p.dead.clear();
      p.pass(6min);
      CHECK(p.told() == strings{"digest of 1"});
      CHECK(p.journal.outbox[{"slack"}].empty());
      p.take(at(clear("t1", p.book->find(raise("t1").alarm)->last_number + 1), p.now));
      p.pass(12min);
      CHECK(p.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
      CHECK(p.told() == strings{"digest of 1", "digest of 1"});
    }
}

TEST_CASE("a page that is being tried when it is told elsewhere is no news after that try either") {
  plant p{{{"sms"}}};
  p.take(at(raise("t1"), p.now));
  p.dead = {"slack", "sms"};
  p.pass(6min);
  p.now += 5s;
  p.write();
  std::optional<std::pair<channel_name, page_order>> slacks, smss;
  for (const auto& [channel, orders] : p.serve())
    (channel.text == "slack" ? slacks : smss).emplace(channel, orders.all[0]);
  REQUIRE(slacks);
  REQUIRE(smss);
  p.report(smss->first, smss->second, delivery_outcome::sent);
  p.report(slacks->first, slacks->second, delivery_outcome::retry, 1s);
  p.write();
  p.serve();
  p.write();
  CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
}

TEST_CASE("what the others are told of anyway waits for its own channel as ever") {
  plant p{{{"sms"}}};
  p.routed = {};
  p.take(at(raise("t1"), p.now));
  p.pass(14min);
  CHECK(p.told({"sms"}) == strings{"t1 raised"});
  CHECK(p.outcomes(raise("t1")).empty());
  p.dead.clear();
  p.pass(10s);
  CHECK(p.told() == strings{"t1 raised"});
}

TEST_CASE("what comes when a channel is known to be dead goes over the others with its first try") {
  plant p{{{"sms"}}};
  p.take(at(raise("t1"), p.now));
  p.pass(6min);
  auto worse = at(transition("t1", 2, transition_kind::updated), p.now);
  worse.level = severity::critical;
  worse.pages = true;
  p.take(worse);
  p.take(at(raise("t2"), p.now));
  p.pass(3s, 1s);
  auto told = p.told({"sms"});
  std::sort(told.begin(), told.end());
  CHECK(told == strings{"t1 raised", "t1 updated", "t2 raised"});
}

TEST_CASE("a receiver that wants to be left alone for long holds its alerts up for no longer than five minutes") {
  plant p{{{"sms"}}};
  p.take(at(raise("t1"), p.now));
  p.write();
  for (const auto& [channel, orders] : p.serve())
    for (const auto& order : orders.all)
      p.desk->delivered({channel, order.what.about.priority, order.sequence, delivery_outcome::retry, 1h, "HTTP 429"},
                        p.now, p.now.time_since_epoch());
  CHECK(p.serve().empty());
  CHECK(p.desk->wake() <= p.now + 5min);
  p.now += 5min;
  p.take(at(raise("t2"), p.now));
  p.settle();
  CHECK(p.told({"sms"}) == strings{"t1 raised"});
  p.now += 5min;
  p.settle();
  CHECK(p.told({"sms"}) == strings{"t1 raised", "t2 raised"});
}

TEST_CASE("one page that a receiver does not take goes over the others, though it takes the rest") {
  plant p{{{"sms"}}};
  p.dead.clear();
  p.take(at(raise("bad"), p.now));
  for (int i = 0; i < 40; ++i, p.now += 10s) {
    p.take(at(raise(numbered("t", i)), p.now));
    p.outbox_world::settle([](const channel_name& channel, const page& x) {
      const bool bad = channel.text == "slack" && !x.digest && x.about.condition.sensor.text == "bad";
      return bad ? delivery_outcome::retry : delivery_outcome::sent;
    });
  }
  CHECK(p.told({"sms"}) == strings{"bad raised"});
  CHECK(p.told().size() >= 40);
}

TEST_CASE("who stands in for one that stands in for another has told it for both") {
  plant p{{{"sms"}, {"mail"}}};
  p.terms[{"slack"}].fallback = {{"sms"}};
  p.terms[{"sms"}].fallback_after = 5min;
  p.terms[{"sms"}].fallback = {{"mail"}};
  p.load();
  p.dead = {"slack", "sms"};
  p.take(at(raise("t1"), p.now));
  p.pass(11min);
  CHECK(p.told({"mail"}) == strings{"t1 raised"});
  CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
  CHECK(p.outcomes(raise("t1"), {"sms"}) == outcomes{notification_outcome::fallback});
}

TEST_CASE("of a digest that a dead channel does not take the others hear what still stands, alarm by alarm") {
  plant p{{{"sms"}}};
  p.take(at(raise("t1"), p.now - 1h));
  p.take(at(raise("t2"), p.now - 1h));
  p.take(at(clear("t2", 2), p.now - 30min));
  p.pass(12min);
  CHECK(p.told({"sms"}) == strings{"digest of 1"});
  p.dead.clear();
  p.pass(20min);
  CHECK(p.told().size() <= 2);
  CHECK(p.journal.outbox[{"slack"}].empty());
}

TEST_CASE("a page whose stand-in has left the configuration goes over those that there are") {
  plant p{{{"sms"}, {"mail"}}};
  p.terms[{"slack"}].fallback = {{"sms"}};
  p.load();
  p.dead = {"slack", "sms"};
  p.take(at(raise("t1"), p.now));
  p.pass(6min);
  p.terms[{"slack"}].fallback = {{"mail"}};
  p.configure({{"slack"}, {"mail"}});
  p.pass(6min);
  CHECK(p.told({"mail"}).size() == 1);
  CHECK(p.outcomes(raise("t1")) == outcomes{notification_outcome::fallback});
}

TEST_CASE("an alert that has gone over the others is given up after a day as ever, where they are dead, too") {
  plant p{{{"sms"}}};
  p.dead = {"slack", "sms"};
  p.take(at(raise("t1"), p.now));
  p.pass(26h, 5min);
  const auto ended = p.outcomes(raise("t1"));
  CHECK(ended.size() == 1);
  p.dead.clear();
  p.pass(30min);
  CHECK_FALSE(p.told({"sms"}).empty());
}

} // namespace fallback_test
