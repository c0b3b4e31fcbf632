#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace delivery_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

// Numbers count within an alarm; times are near the world's clock.
alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  return x;
}

alarm_transition critical(alarm_transition x) {
  x.level = severity::critical;
  x.priority = 90;
  return x;
}

alarm_transition rise(const std::string& sensor, uint32_t number, event_time when) {
  auto x = critical(at(transition(sensor, number, transition_kind::updated), when));
  x.pages = true;
  return x;
}

const auto busy = [](const auto&, const auto&) { return delivery_outcome::retry; };

} // namespace

TEST_CASE("the end of an alarm is told when the time for reopening is over, and after its raise") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.take(at(clear("t1", 2), w.now + 1s));
  w.settle();
  CHECK(w.told() == strings{"t1 raised"});
  w.now += 299s;
  w.settle();
  CHECK(w.told() == strings{"t1 raised"});
  w.now += 1s;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
}

TEST_CASE("an end that waits for its time survives a restart") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.write();
  w.now += 2min;
  w.load();
  w.settle();
  CHECK(w.told() == strings{"t1 raised"});
  w.now += 3min;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
}

TEST_CASE("an alarm that reopens in time takes its end in") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.settle();
  w.now += 1min;
  w.take(at(transition("t1", 3, transition_kind::reopened), w.now));
  w.settle();
  w.now += 1h;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 reopened"});
  CHECK(w.outcomes(clear("t1", 2)) == std::vector{notification_outcome::grouped});
}

TEST_CASE("what reopens is an alert where the alert never got there: waiting, in hand, or among old news") {
  enum class alert { waits, in_hand, is_over };
  for (const auto where : {alert::waits, alert::in_hand, alert::is_over})
    for (const bool crashes : {false, true}) {
      CAPTURE(where);
      CAPTURE(crashes);
      outbox_world w{{{"slack"}}};
      w.take(at(raise("t1"), w.now));
      w.write();
      const auto hands = w.serve();
      REQUIRE(hands.size() == 1);
      const auto fails = [&] { w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::retry, 1s); };
      if (where != alert::in_hand)
        fails();
      w.take(at(clear("t1", 2), w.now));
      if (where == alert::is_over) {
        w.now += 6min;
        w.settle(busy);
      }
      w.take(at(transition("t1", 3, transition_kind::reopened), w.now));
      if (where == alert::in_hand)
        fails();
      w.write();
      if (crashes)
        w.load();
      w.now += 5s;
      w.settle();
      REQUIRE(w.told() == strings{"t1 reopened"});
      CHECK(w.came[0].second.kind == page_kind::alert);
    }
}

TEST_CASE("what reopens when its raise was told is a notice") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.take(at(transition("t1", 3, transition_kind::reopened), w.now));
  w.settle();
  REQUIRE(w.told() == strings{"t1 raised", "t1 reopened"});
  CHECK(w.came[1].second.kind == page_kind::notice);
}

TEST_CASE("alarms that come and go while a channel is down wait there without their contents") {
  outbox_world w{{{"slack"}}, {}, 4};
  for (int i = 0; i < 300; ++i)
    w.take(at(raise(numbered("t", i)), w.now));
  w.settle(busy);
  for (int i = 0; i < 300; ++i)
    w.take(at(clear(numbered("t", i), 2), w.now));
  for (int minute = 0; minute < 8; ++minute, w.now += 1min) {
    w.settle(busy);
    CHECK(w.desk->outbox_of({"slack"})->contents_in_memory() <= 8);
  }
  w.settle();
  CHECK(w.told() == strings{"digest of 300"});
}

TEST_CASE("while the journal cannot be read, what is in memory goes past what is not, and that follows when it can") {
  outbox_world w{{{"slack"}}, {}, 2};
  for (int i = 0; i < 4; ++i)
    w.take(at(raise(numbered("t", i)), w.now));
  w.write();
  w.journal.unreadable = true;
  w.settle();
  CHECK(w.told() == strings{"t2 raised", "t3 raised"});
  CHECK_FALSE(w.desk->read_error().empty());
  const auto reads = w.journal.reads;
  w.take(at(raise("t4"), w.now));
  w.settle();
  CHECK(w.told() == strings{"t2 raised", "t3 raised", "t4 raised"});
  CHECK(w.journal.reads == reads);
  CHECK_FALSE(w.desk->read_error().empty());
  w.journal.unreadable = false;
  w.now += 1s;
  w.settle();
  CHECK(w.told() == strings{"t2 raised", "t3 raised", "t4 raised", "t0 raised", "t1 raised"});
  CHECK(w.desk->read_error().empty());
}

TEST_CASE("a read that takes long to fail is followed by a pause all the same") {
  outbox_world w{{{"slack"}}, {}, 1};
  for (int i = 0; i < 3; ++i)
    w.take(at(raise(numbered("t", i)), w.now));
  w.write();
  w.journal.unreadable = true;
  w.journal.takes = 3s;
  w.settle();
  const auto reads = w.journal.reads;
  w.take(at(raise("t3"), w.now));
  w.settle();
  CHECK(w.told().back() == "t3 raised");
  CHECK(w.journal.reads == reads);
  w.now += 1s;
  w.settle();
  CHECK(w.journal.reads == reads + 1);
}

TEST_CASE("what is to be given up and cannot be read holds up neither others that are nor what is new") {
  delivery_limits limits;
  limits.give_up_after = 1h;
  outbox_world w{{{"slack"}}, limits, 1};
  w.take(critical(at(raise("t0"), w.now)));
  w.take(critical(at(raise("t1"), w.now)));
  w.settle(busy);
  for (int i = 0; i < 5; ++i) {
    w.now += 10min;
    w.settle(busy);
  }
  w.journal.unreadable = true;
  w.now += 10min;
  w.take(critical(at(raise("t2"), w.now)));
  w.desk->release();
  const auto hands = w.serve();
  CHECK(w.desk->failed() == 1);
  REQUIRE(hands.size() == 1);
  CHECK(hands[0].orders.all[0].what.about.condition.sensor.text == "t2");
  w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::sent);
  w.journal.unreadable = false;
  w.now += 1s;
  w.settle();
  CHECK(w.desk->failed() == 2);
}

TEST_CASE("a rise that comes behind its alarm's end leaves the end waiting, also over a crash") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 3), w.now + 2s));
  w.settle();
  w.take(rise("t1", 2, w.now + 1s));
  w.write();
  w.load();
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 updated"});
  w.now += 6min;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 updated", "t1 cleared"});
  CHECK(w.journal.marks.empty());
  CHECK(w.journal.outbox[{"slack"}].empty());
}

TEST_CASE("a rise that comes when the end is being tried is over: the end survives a crash, and is all that is told") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 3), w.now + 2s));
  w.settle();
  w.now += 6min;
  const auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  w.take(rise("t1", 2, w.now - 6min + 1s));
  w.write();
  w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::retry, 1s);
  w.write();
  w.load();
  w.now += 5s;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
  CHECK(w.journal.outbox[{"slack"}].empty());
}

TEST_CASE("a rise that comes when its alarm's end has been told is followed by the end once more, under another key") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 3), w.now + 2s));
  w.settle();
  w.now += 6min;
  w.settle();
  w.take(rise("t1", 2, w.now - 6min + 1s));
  w.settle();
  w.load();
  w.now += 6min;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "t1 cleared", "t1 updated", "t1 cleared"});
  CHECK(key_of(w.came[1].second) + "-again-1" == key_of(w.came[3].second));
  CHECK(w.journal.marks.empty());
}

TEST_CASE("after a failed try \"cleared\" never comes before \"raised\", whatever the receiver does") {
  for (int seed = 0; seed < 20; ++seed) {
    delivery_limits limits;
    limits.clear_after = 0ms;
    outbox_world w{{{"slack"}}, limits};
    int tries = 0;
    const auto once_busy = [&](const auto&, const auto&) {
      return tries++ == 0 ? delivery_outcome::retry : delivery_outcome::sent;
    };
    w.take(at(raise("t1"), w.now));
    w.settle(once_busy);
    // The end comes while the raise waits for its next try, or when that is due.
    w.now += milliseconds{100 * seed};
    w.take(at(clear("t1", 2), w.now));
    w.settle();
    w.now += 1min;
    w.settle();
    CHECK(w.told() == (seed < 10 ? strings{"digest of 1"} : strings{"t1 raised", "t1 cleared"}));
  }
}

TEST_CASE("a clear whose raise never reached the channel is not sent there: the alarm is told among the old news") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.take(at(raise("t2"), w.now));
  w.settle(busy);
  w.take(at(clear("t1", 2), w.now));
  w.settle(busy);
  w.now += 6min;
  w.settle(busy);
  w.now += 1min;
  w.settle();
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"t2 raised", "digest of 1"});
  CHECK(w.came[1].second.digest->standing == 0);
  CHECK(w.outcomes(raise("t1")) == std::vector{notification_outcome::grouped});
  CHECK(w.outcomes(clear("t1", 2)) == std::vector{notification_outcome::digest});
  w.now += 1h;
  w.settle();
  CHECK(w.came.size() == 2);
}

TEST_CASE("of one alarm one page waits: a later one takes it in, with the higher of the priorities") {
  outbox_world w{{{"slack"}}};
  auto first = at(raise("t1"), w.now);
  first.priority = 95;
  w.take(first);
  w.settle(busy);
  w.take(rise("t1", 2, w.now));
  w.settle(busy);
  w.write();
  REQUIRE(w.journal.outbox[{"slack"}].size() == 1);
  CHECK(w.journal.outbox[{"slack"}].begin()->first.priority == 95);
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"t1 updated"});
  CHECK(w.came[0].second.about.priority == 95);
  CHECK(w.outcomes(first) == std::vector{notification_outcome::grouped});
}

TEST_CASE("a page that is being tried is waited for, and what came meanwhile goes next") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.write();
  const auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  w.take(rise("t1", 2, w.now));
  w.write();
  CHECK(w.serve().empty());
  w.report({"slack"}, hands[0].orders.all[0], delivery_outcome::retry, 1s);
  w.settle();
  CHECK(w.told() == strings{"t1 updated"});
}

TEST_CASE("a receiver that refuses a page gets it once more in its shortest form; then the others have it") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t1"), w.now));
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  REQUIRE(w.tried.size() == 3);
  CHECK(w.told({"sms"}) == strings{"t1 raised"});
  CHECK(w.outcomes(raise("t1")) == std::vector{notification_outcome::failed});
  std::vector<std::string> keys;
  for (const auto& [channel, x] : w.tried)
    if (channel.text == "slack")
      keys.push_back(receiver_key_of(x).substr(37));
  CHECK(keys == strings{"1-slack", "1-slack-short"});
  // It stands: the receiver that refused it is told of it among the next old news.
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"digest of 1"});
  CHECK(w.came.back().second.digest->standing == 1);
}

TEST_CASE("a page is tried for a day, then noted as failed; while its alarm stands it is told all the same") {
  outbox_world w{{{"slack"}, {"sms"}}};
  const auto slack_is_dead = [](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_channel : delivery_outcome::sent;
  };
  w.take(critical(at(raise("t1"), w.now)));
  for (int hour = 0; hour < 23; ++hour) {
    w.settle(slack_is_dead);
    w.now += 1h;
    CHECK(w.outcomes(raise("t1")).empty());
  }
  w.now += 1h;
  w.settle(slack_is_dead);
  CHECK(w.outcomes(raise("t1")) == std::vector{notification_outcome::failed});
  CHECK(w.news.back().what == channel_news::kind::given_up);
  w.now += 1min;
  w.settle(slack_is_dead);
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"digest of 1"});
  CHECK(w.came.back().second.digest->critical.size() == 1);
  CHECK(w.told({"sms"}) == strings{"t1 raised"});
}

TEST_CASE("a node that was down for days gives nothing up that it never tried") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.take(at(raise("t2"), w.now));
  w.write();
  w.now += 63h;
  w.load();
  w.settle();
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"t1 raised", "digest of 2"});
  CHECK(w.outcomes(clear("t1", 2)) == std::vector{notification_outcome::digest});
  CHECK(w.outcomes(raise("t2")) == std::vector{notification_outcome::digest});
  for (const auto& each : w.news)
    CHECK(each.what == channel_news::kind::up);
}

TEST_CASE("what was tried before the node was down for days is tried again before it is given up") {
  outbox_world w{{{"slack"}}};
  w.take(critical(at(raise("t1"), w.now)));
  w.settle(busy);
  w.now += 63h;
  w.load();
  w.settle(busy);
  CHECK(w.outcomes(raise("t1")).empty());
  for (int minute = 0; minute < 122; ++minute, w.now += 1min)
    w.settle(busy);
  CHECK(w.outcomes(raise("t1")) == std::vector{notification_outcome::failed});
}

TEST_CASE("a wall clock that is set a day forward gives nothing up, and one that is set back delays no giving up") {
  outbox_world w{{{"slack"}}};
  w.take(critical(at(raise("t1"), w.now)));
  w.settle(busy);
  w.now += 30h;
  w.settle(busy);
  CHECK(w.outcomes(raise("t1")).empty());
  w.now -= 30h;
  for (int hour = 0; hour < 21; ++hour, w.now += 1h)
    w.settle(busy);
  CHECK(w.outcomes(raise("t1")).empty());
  w.now += 1h;
  w.settle(busy);
  CHECK(w.outcomes(raise("t1")) == std::vector{notification_outcome::failed});
}

TEST_CASE("what the plant knew when a page was made goes with every try of it, whatever it knows by then") {
  outbox_world w{{{"slack"}}};
  const auto knows = [&](const std::string& action) {
    w.guide = [action](const condition_key& of) {
      alarm_guidance says;
      says.action = action + of.sensor.text;
      return std::make_shared<const alarm_guidance>(says);
    };
  };
  knows("stop ");
  w.take(raise("t1"));
  w.settle([](const auto&, const auto&) { return delivery_outcome::retry; });
  REQUIRE(!w.tried.empty());
  CHECK(w.tried[0].second.guidance->action == "stop t1");
  knows("start ");
  w.load();
  w.now += 10s;
  w.settle();
  REQUIRE(w.told() == strings{"t1 raised"});
  std::string first, again;
  append_json(first, w.tried[0].second);
  append_json(again, w.came[0].second);
  CHECK(first == again);
  w.take(clear("t1", 2));
  w.live(10min);
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
  CHECK(w.came[1].second.guidance == nullptr);
}

TEST_CASE("what a channel cannot deliver goes over the others with what was known of it") {
  outbox_world w{{{"slack"}, {"hook"}}};
  w.guide = [](const condition_key&) {
    alarm_guidance says;
    says.action = "stop it";
    return std::make_shared<const alarm_guidance>(says);
  };
  w.take(raise("t1"));
  w.settle([](const channel_name& to, const auto&) {
    return to.text == "slack" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  REQUIRE(!w.told({"hook"}).empty());
  for (const auto& [to, x] : w.came)
    CHECK(x.guidance->action == "stop it");
}

TEST_CASE("old news comes in one digest; what is critical and stands comes at once, and says since when") {
  outbox_world w{{{"slack"}}};
  const auto before = w.now - 2h;
  for (int i = 0; i < 30; ++i) {
    w.take(at(raise(numbered("t", i)), before + i * 1min));
    if (i % 3 == 0)
      w.take(at(clear(numbered("t", i), 2), before + i * 1min + 30s));
  }
  auto worst = critical(at(raise("worst"), before));
  w.take(worst);
  w.settle();
  CHECK(w.told() == strings{"worst raised late"});
  CHECK(describe(w.came[0].second).ends_with("; since 2027-01-15 09:00 CET, told late"));
  w.now += 10s;
  w.settle();
  REQUIRE(w.told() == strings{"worst raised late", "digest of 30"});
  const auto& digest = *w.came[1].second.digest;
  CHECK(digest.standing == 20);
  CHECK(digest.oldest == before + 1min - 30s);
  CHECK(digest.newest == before + 29min);
  CHECK(digest.critical.empty());
  CHECK(digest.others.size() == 5);
  CHECK(describe(w.came[1].second).starts_with("30 alarms told late, from 2027-01-15 06:00 UTC to "));
}

TEST_CASE("a channel gets one digest in five minutes, also over a restart") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now - 1h));
  w.settle();
  w.now += 10s;
  w.settle();
  w.take(at(raise("t2"), w.now - 1h));
  w.settle();
  w.load();
  w.now += 4min;
  w.settle();
  CHECK(w.told() == strings{"digest of 1"});
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"digest of 1", "digest of 1"});
}

TEST_CASE("what a digest told is told as over by a digest, and what was told by itself by itself") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("old"), w.now - 1h));
  w.take(at(raise("new"), w.now));
  w.settle();
  w.now += 1min;
  w.settle();
  CHECK(w.told() == strings{"new raised", "digest of 1"});
  auto over = at(clear("old", 2), w.now);
  over.fresh = true;
  w.take(over);
  w.take(at(clear("new", 2), w.now));
  w.settle();
  w.now += 5min;
  w.settle();
  w.now += 10s;
  w.settle();
  CHECK(w.told() == strings{"new raised", "digest of 1", "new cleared", "digest of 1"});
  CHECK(w.journal.marks.empty());
}

TEST_CASE("a sensor whose clock is slow is no backlog") {
  outbox_world w{{{"slack"}}};
  auto x = at(raise("slow"), w.now - 3h);
  x.fresh = true;
  w.take(x);
  w.settle();
  CHECK(w.told() == strings{"slow raised"});
}

TEST_CASE("what waited for a receiver that was down is old news when it is back") {
  outbox_world w{{{"slack"}}};
  for (int i = 0; i < 100; ++i)
    w.take(at(raise(numbered("t", i)), w.now));
  for (int minute = 0; minute < 20; ++minute, w.now += 1min)
    w.settle(busy);
  w.settle();
  w.now += 10s;
  w.settle();
  CHECK(w.told() == strings{"digest of 100"});
}

TEST_CASE("a digest is on disk with its members before its first try, and a repeat is the same bytes") {
  outbox_world w{{{"slack"}}};
  for (int i = 0; i < 7; ++i)
    w.take(at(raise(numbered("t", i)), w.now - 1h));
  w.settle();
  w.now += 10s;
  w.serve();
  CHECK(w.journal.digests[{"slack"}] == never);
  CHECK(w.serve().empty());
  w.write();
  const auto hands = w.serve();
  REQUIRE(hands.size() == 1);
  std::string before, after;
  append_json(before, hands[0].orders.all[0].what);
  w.load();
  // The alarms go on meanwhile.
  w.take(at(clear("t1", 2), w.now));
  w.write();
  const auto again = w.serve();
  REQUIRE(again.size() == 1);
  append_json(after, again[0].orders.all[0].what);
  CHECK(before == after);
}

TEST_CASE("a channel is down when it is refused, or has failed for a minute; up when it delivers") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t1"), w.now));
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_channel : delivery_outcome::retry;
  });
  REQUIRE(w.news.size() == 1);
  CHECK(w.news[0].channel.text == "slack");
  CHECK(w.news[0].what == channel_news::kind::down);
  CHECK(w.desk->wake() <= w.now + 60s);
  // It is asked for no more: time alone takes it down.
  w.now += 60s;
  w.serve();
  REQUIRE(w.news.size() == 2);
  CHECK(w.news[1].channel.text == "sms");
  CHECK(w.news[1].reason == "it has failed for 60 s: as it answered");
  w.load();
  w.settle();
  CHECK(w.news.size() == 4);
  CHECK(w.news[2].what == channel_news::kind::up);
}

TEST_CASE("a wall clock that is set takes no channel down") {
  channel_health health{60s};
  CHECK_FALSE(health.failed(1s, false, "HTTP 503"));
  CHECK_FALSE(health.failed(60s, false, "HTTP 503"));
  CHECK(health.due() == 61s);
  CHECK(health.look(61s)->down);
  CHECK_FALSE(health.look(90s));
  CHECK_FALSE(health.answered()->down);
}

TEST_CASE("a channel that is down is told over the others") {
  outbox_world w{{{"slack"}, {"sms"}}};
  auto x = at(raise(""), w.now);
  x.condition = {{}, {}, {"slack"}, rule::channel_down};
  x.alarm = alarm_id_of(x.condition, w.now, 1);
  w.take(x);
  w.settle();
  CHECK(w.told({"slack"}).empty());
  CHECK(w.told({"sms"}).size() == 1);
}

TEST_CASE("what goes over another channel is told there as over, and never over the channel that is down itself") {
  outbox_world w{{{"mail"}, {"slack"}, {"sms"}}};
  auto x = at(raise(""), w.now);
  x.condition = {{}, {}, {"slack"}, rule::channel_down};
  x.alarm = alarm_id_of(x.condition, w.now, 1);
  w.take(x);
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "sms" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  CHECK(w.told({"slack"}).empty());
  CHECK(w.told({"mail"}).size() == 1);
}

TEST_CASE(
    "a channel that hears of an alarm first by what another gave up is alerted, be it a notice for those who knew") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.configure({{"slack"}, {"sms"}});
  w.take(at(clear("t1", 2), w.now));
  w.take(at(transition("t1", 3, transition_kind::reopened), w.now));
  w.settle([](const channel_name& channel, const page& x) {
    CHECK(x.kind == (channel.text == "sms" ? page_kind::alert : page_kind::notice));
    return channel.text == "slack" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  CHECK(w.told({"slack"}) == strings{"t1 raised"});
  CHECK(w.told({"sms"}) == strings{"t1 reopened"});
}

TEST_CASE("a channel that got a page for another one hears the end of the alarm, also after a restart") {
  // It was paged before the second channel was configured.
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.write();
  w.configure({{"slack"}, {"sms"}});
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  CHECK(w.told({"sms"}) == strings{"t1 raised"});
  w.load();
  w.take(at(clear("t1", 2), w.now));
  w.settle();
  w.now += 5min;
  w.settle();
  CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
}

TEST_CASE("the alarms of a digest that is given up go over the others") {
  // Each hears of them by itself; the second one has not been told of any.
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now - 1h));
  w.take(at(raise("t2"), w.now - 1h));
  w.settle();
  w.now += 10s;
  w.settle(busy);
  w.take(at(clear("t2", 2), w.now));
  w.settle(busy);
  w.configure({{"slack"}, {"sms"}});
  w.now += 1min;
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "slack" ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  w.now += 1min;
  w.settle();
  REQUIRE(w.told({"sms"}) == strings{"digest of 1"});
  for (const auto& [channel, x] : w.came)
    if (channel.text == "sms")
      CHECK(x.digest->members[0].alarm == raise("t1").alarm);
}

TEST_CASE("what came and went while its channel was down is told by those that there are when that one has left") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("told"), w.now));
  w.settle();
  // Old news that waits within a digest.
  w.take(at(raise("old"), w.now - 1h));
  w.settle(busy);
  w.now += 10s;
  w.settle(busy);
  w.take(at(raise("t1"), w.now));
  w.settle(busy);
  for (const auto* each : {"t1", "told", "old"})
    w.take(at(clear(each, 2), w.now));
  w.settle(busy);

  // Nobody is there, and then somebody else.
  w.configure({});
  w.settle();
  w.configure({{"sms"}, {"mail"}});
  REQUIRE(w.news.size() >= 1);
  CHECK(w.news.back().what == channel_news::kind::left);
  CHECK(w.news.back().channel.text == "slack");
  w.write();
  w.now += 10min;
  w.load();
  w.settle();
  w.now += 1min;
  w.settle();
  for (const auto* each : {"sms", "mail"}) {
    CHECK(w.told({each}) == strings{"digest of 2"});
    CHECK(w.book->find(raise("t1").alarm)->paged_to.back().text != "slack");
  }
  for (const auto& [channel, x] : w.came)
    if (x.digest && channel.text == "sms")
      for (const auto& member : x.digest->members)
        CHECK(member.alarm != raise("told").alarm);
  CHECK(w.journal.outbox[{"slack"}].empty());
  CHECK(w.outcomes(raise("t1")).back() == notification_outcome::failed);
  CHECK(w.outcomes(clear("t1", 2)).back() == notification_outcome::failed);
}

TEST_CASE("a channel that is gone for good is given up though the node is started anew each day") {
  outbox_world w{{{"slack"}}};
  // The first is at the receiver all day, and the second never gets there.
  auto first = critical(at(raise("t1"), w.now));
  first.priority = 95;
  w.take(first);
  w.settle(busy);
  w.take(critical(at(raise("t2"), w.now)));
  w.write();
  const auto given_up = [&] {
    return std::any_of(w.news.begin(), w.news.end(), [](const auto& each) {
      return each.what == channel_news::kind::given_up && each.reason.find("after 0 tries") != std::string::npos;
    });
  };
  for (int day = 0; day < 3; ++day) {
    CHECK(given_up() == (day == 2));
    w.load();
    w.now += 10min;
    const auto hands = w.serve();
    for (int hour = 0; hour < 3; ++hour) {
      w.now += 1h;
      w.serve();
    }
    for (const auto& [channel, orders] : hands)
      for (const auto& order : orders.all)
        if (order.what.about.alarm == first.alarm)
          w.report(channel, order, delivery_outcome::retry, 1h);
    w.serve();
    w.write();
    w.now += 21h;
  }
}

TEST_CASE("what an older version left waiting goes on: one page an alarm, in order, and its ends are told") {
  outbox_world w{{{"slack"}}};
  const auto wait = [&](const alarm_transition& x, page_kind kind, uint64_t sequence) {
    const outbox_entry entry{{{"slack"}, kind, x, false}, sequence, 0, never};
    w.journal.keys[key_of(entry.what)] = false;
    w.journal.outbox[{"slack"}].emplace(entry.place(), entry);
  };
  // Raised and told; raised and told, its end waits; raised, and the rise waits beside.
  for (const auto* each : {"told", "over", "both"})
    w.take(at(raise(each), w.now));
  w.take(at(clear("over", 2), w.now));
  w.write();
  w.journal.outbox.clear();
  w.journal.marks.clear();
  w.journal.digests.clear();
  wait(at(clear("over", 2), w.now), page_kind::notice, 11);
  wait(at(raise("both"), w.now), page_kind::alert, 12);
  wait(rise("both", 2, w.now), page_kind::alert, 13);
  w.load();
  w.settle();
  CHECK(w.told() == strings{"both updated", "over cleared"});
  w.take(at(clear("told", 2), w.now));
  w.settle();
  w.now += 5min;
  w.settle();
  CHECK(w.told() == strings{"both updated", "over cleared", "told cleared"});
}

TEST_CASE(
    "a page whose record is damaged while it waits is noted as failed, and what it was to tell is told all the same") {
  for (const bool ended : {false, true}) {
    CAPTURE(ended);
    outbox_world w{{{"slack"}}, {}, 0};
    w.take(raise("t1"));
    if (ended) {
      w.settle();
      w.take(clear("t1", 2));
    }
    w.write();
    REQUIRE(w.journal.outbox[{"slack"}].size() == 1);
    w.journal.outbox[{"slack"}].clear();
    for (int minute = 0; minute < 20; ++minute, w.now += 1min)
      w.settle();
    CHECK(w.told() == (ended ? strings{"t1 raised", "t1 cleared"} : strings{"digest of 1"}));
    CHECK(w.journal.marks.empty() == ended);
  }
}

TEST_CASE("a page that takes another in at a start has the higher of their priorities") {
  outbox_world w{{{"slack"}}};
  w.take(critical(raise("t1")));
  w.write();
  auto& waiting = w.journal.outbox[{"slack"}];
  auto entry = waiting.begin()->second;
  // As versions before did: a later page of the alarm waits beside it.
  entry.what.about = at(transition("t1", 2, transition_kind::updated), w.now);
  entry.what.about.priority = 60;
  entry.sequence = 2;
  waiting.emplace(entry.place(), entry);
  w.load();
  w.write();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting.begin()->second.what.about.number == 2);
  CHECK(waiting.begin()->first.priority == 90);
  w.settle();
  CHECK(w.told() == strings{"t1 updated"});
}

} // namespace delivery_test
