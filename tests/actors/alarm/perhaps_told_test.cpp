#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace perhaps_told_test {

// A receiver may have what nobody knows it to have: it is left with nothing that is not so.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using list = std::vector<std::string>;

namespace {

const channel_name slack{"slack"}, chief{"chief"};

struct plant : outbox_world {
  plant() : outbox_world{{slack, chief}} {}

  /// Critical alarms are told again, from 20 minutes on to the chief too.
  void remind(std::vector<channel_name> next_level = {chief}) {
    alarm_route way;
    way.name = "all";
    way.channels = {slack};
    way.reminders = {10min, 6, std::move(next_level), 20min};
    ways = {way};
    book_limits.reminders = {severity::critical, 8h};
    load();
  }
  /// The chief stands in for slack, and is told of nothing else.
  void stand_in() {
    terms[slack].fallback_after = 5min;
    terms[slack].fallback = {chief};
    terms[slack].together_over = 2;
    routed = [](const page& x) { return x.channel == slack; };
    load();
  }
  void take_now(alarm_transition x, severity level = severity::critical) {
    x.at = now;
    x.fresh = true;
    x.level = level;
    all.push_back(x);
    take(x);
  }
  void again(const std::string& sensor, uint32_t number, severity level = severity::critical) {
    auto x = transition(sensor, number, transition_kind::reopened);
    x.was = level;
    take_now(x, level);
  }
  /// The owner repeats what is in no commit.
  void die() {
    load();
    for (const auto& each : all)
      take(each);
  }
  void live_with(delivery_outcome of_slack, milliseconds time, delivery_outcome of_chief = delivery_outcome::sent) {
    for (const auto end = now + time; now < end; now += 30s)
      settle([&](const auto& to, const page&) { return to == slack ? of_slack : of_chief; });
  }

  std::vector<alarm_transition> all;
};

} // namespace

TEST_CASE(
    "a reminder that the node died at is perhaps told: acknowledged behind the start, its receiver hears the end") {
  plant p;
  p.remind();
  p.take_now(raise("t1"));
  p.settle();
  p.now += 10min;
  p.settle();
  p.now += 10min;
  p.write();
  bool chief_has_it = false;
  for (const auto& [channel, orders] : p.serve())
    if (channel == chief)
      chief_has_it = true;
    else
      p.report(channel, orders.all.front(), delivery_outcome::sent);
  CHECK(chief_has_it);
  p.die();
  p.acknowledge(raise("t1").alarm);
  p.settle();
  p.take_now(clear("t1", 2));
  p.live(1h);
  CHECK(p.told(chief) == list{"t1 cleared"});
}

TEST_CASE("a page that the node died at is perhaps told: told by a stand-in and over, its receiver hears the end") {
  plant p;
  p.stand_in();
  p.take_now(raise("t1"));
  p.write();
  CHECK(p.serve().size() == 1);
  p.die();
  p.live_with(delivery_outcome::refused_channel, 7min, delivery_outcome::retry);
  p.take_now(clear("t1", 2));
  p.live_with(delivery_outcome::refused_channel, 1min);
  CHECK(p.told(chief) == list{"t1 raised"});
  p.live(1h);
  CHECK(p.told(slack) == list{"t1 cleared"});
}

TEST_CASE("what a receiver refused before the node died it hears no end of") {
  plant p;
  p.stand_in();
  p.take_now(raise("t1"));
  p.live_with(delivery_outcome::refused_channel, 1min);
  p.die();
  p.live_with(delivery_outcome::refused_channel, 7min, delivery_outcome::retry);
  p.take_now(clear("t1", 2));
  p.live_with(delivery_outcome::refused_channel, 1min);
  p.live(1h);
  CHECK(p.told(slack).empty());
}

TEST_CASE("what was refused for one of several recipients another may have: he hears the end") {
  plant p;
  p.remind();
  p.take_now(raise("t1"));
  p.settle();
  p.now += 20min;
  p.write();
  for (const auto& [channel, orders] : p.serve()) {
    const auto& order = orders.all.front();
    p.desk->delivered({channel, order.what.about.priority, order.sequence, delivery_outcome::refused_channel, 1s,
                       "HTTP 404", channel == chief},
                      p.now, p.now.time_since_epoch());
    p.desk->pull({channel, 1}, false);
    p.note();
  }
  p.acknowledge(raise("t1").alarm);
  p.settle();
  p.take_now(clear("t1", 2));
  p.live(1h);
  CHECK(p.told(chief) == list{"t1 cleared"});
}

TEST_CASE("a reminder that took in that the alarm stands again is taken back by no acknowledgement") {
  plant p;
  p.remind({});
  p.take_now(raise("t1"));
  p.settle();
  p.take_now(clear("t1", 2));
  p.live(6min);
  CHECK(p.told() == list{"t1 raised", "t1 cleared"});
  p.again("t1", 3);
  bool dies = false;
  SUBCASE("while it waited") {
    p.live_with(delivery_outcome::refused_channel, 12min);
  }
  SUBCASE("while it waited, and the node dies behind that") {
    p.live_with(delivery_outcome::refused_channel, 12min);
    dies = true;
  }
  SUBCASE("while it was in hand") {
    p.write();
    const auto hands = p.serve();
    CHECK(hands.size() == 1);
    p.now += 10min;
    p.write();
    p.report(slack, hands.front().orders.all.front(), delivery_outcome::refused_channel, 60s);
  }
  p.acknowledge(raise("t1").alarm);
  p.write();
  if (dies)
    p.die();
  p.live_with(delivery_outcome::refused_channel, 1min);
  p.live(1h);
  CHECK(p.told().size() == 3);
}

TEST_CASE("what people have been told is over no stand-in tells of, and no end is missing") {
  plant p;
  p.stand_in();
  const auto down = [](const auto& to, const page&) {
    return to == slack ? delivery_outcome::refused_channel : delivery_outcome::sent;
  };
  for (const auto* each : {"t1", "t2", "t3"})
    p.take_now(raise(each), severity::high);
  p.settle(down);
  p.take_now(clear("t1", 2), severity::high);
  p.settle(down);
  auto shelf = shelf_of_sensor({"main"}, {"t1"});
  shelf.since = p.now;
  shelf.until = p.now + 1h;
  p.shelve(shelf);
  p.settle(down);
  p.again("t1", 3, severity::high);
  p.settle(down);
  p.live_with(delivery_outcome::refused_channel, 7min);
  p.take_now(clear("t1", 4), severity::high);
  p.live_with(delivery_outcome::refused_channel, 7min);
  p.live(1h);
  const auto told = p.told(chief);
  CHECK(std::count(told.begin(), told.end(), "t1 raised") == std::count(told.begin(), told.end(), "t1 cleared"));
  CHECK(std::count(told.begin(), told.end(), "t2 raised") == 1);
}

TEST_CASE(
    "who has a raise whose end left its digest hears the end, though the page that overtook that was taken back") {
  plant p;
  p.take_now(raise("t1"), severity::high);
  p.settle();
  p.now += 2h;
  auto end = clear("t1", 2);
  end.at = p.now - 1h;
  p.take(end);
  const auto down = delivery_outcome::refused_channel;
  p.live_with(down, 20min);
  p.again("t1", 3, severity::high);
  p.live_with(down, 5min);
  auto shelf = shelf_of_sensor({"main"}, {"t1"});
  shelf.since = p.now;
  shelf.until = p.now + 1h;
  p.shelve(shelf);
  p.acknowledge(raise("t1").alarm);
  p.live_with(down, 1min);
  CHECK(p.told() == list{"t1 raised"});
  p.take_now(clear("t1", 4), severity::high);
  p.live(2h);
  CHECK(p.told().size() == 2);
}

} // namespace perhaps_told_test
