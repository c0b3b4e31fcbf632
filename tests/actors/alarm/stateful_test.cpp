#include "tests/actors/alarm/stateful_world.hpp"

namespace stateful_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

const channel_name pd{"pd"}, am{"am"}, slack{"slack"};

outbox_world world_of(std::vector<channel_name> channels) {
  return outbox_world{std::move(channels), {}, 4, two_receivers()};
}

alarm_transition updated(const std::string& sensor, uint32_t number, severity level) {
  auto x = transition(sensor, number, transition_kind::updated);
  x.level = level;
  x.pages = level == severity::critical;
  return x;
}

alarm_transition stale_of(const std::string& sensor) {
  auto x = raise(sensor);
  x.condition.which = rule::stale;
  x.alarm = alarm_id_of(x.condition, start, 1);
  x.level = severity::medium;
  return x;
}

} // namespace

TEST_CASE("a receiver of states hears of a raise, each change of severity and the end at once, under one alarm") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  w.settle();
  w.take(updated("t1", 2, severity::critical));
  w.settle();
  w.take(updated("t1", 3, severity::medium));
  w.settle();
  w.take(clear("t1", 4));
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t1 stands critical", "t1 stands medium", "t1 over"});
  CHECK(w.journal.marks.empty());
  CHECK(w.desk->pending() == 0);
}

TEST_CASE(
    "a receiver of states hears what the plant says of an alarm while it stands, each time it is told, and no more") {
  auto w = world_of({pd, am});
  std::string action = "stop ";
  w.guide = [&](const condition_key& of) {
    alarm_guidance says;
    says.action = action + of.sensor.text;
    return std::make_shared<const alarm_guidance>(says);
  };
  const auto heard = [&](const channel_name& channel) {
    texts out;
    for (const auto& [to, x] : w.came)
      if (to == channel)
        for (const auto& each : *x.states)
          out.push_back(each.guidance ? each.guidance->action : "nothing");
    return out;
  };
  w.take(raise("t1"));
  w.settle();
  action = "start ";
  w.take(updated("t1", 2, severity::critical));
  w.settle();
  w.take(clear("t1", 3));
  w.settle();
  CHECK(heard(pd) == texts{"stop t1", "start t1", "nothing"});
  CHECK(heard(am) == texts{"stop t1", "start t1", "nothing"});
}

TEST_CASE("what comes back is up again at its receiver, as the same alarm") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  w.settle();
  w.take(clear("t1", 2));
  w.settle();
  auto again = transition("t1", 3, transition_kind::reopened);
  again.pages = true;
  w.take(again);
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t1 over", "t1 stands high"});
}

TEST_CASE("nothing is told before it is on disk, or the journal fails") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  CHECK(w.serve().empty());
  w.write();
  CHECK(w.serve().size() == 1);
  auto failing = world_of({pd});
  failing.take(raise("t1"));
  failing.desk->release();
  CHECK(failing.serve().size() == 1);
}

TEST_CASE("old news goes singly, as what it is by now") {
  auto w = world_of({pd, slack});
  for (const auto* sensor : {"t1", "t2", "t3"}) {
    auto x = raise(sensor);
    x.at = w.now - 40min;
    w.take(x);
  }
  auto end = clear("t2", 2);
  end.at = w.now - 20min;
  w.take(end);
  auto worse = updated("t3", 2, severity::critical);
  worse.at = w.now - 18min;
  w.take(worse);
  w.live(10min);
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t3 stands critical"});
}

TEST_CASE("what changes while the receiver is down is told once, as it is, and what came and went not at all") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  w.settle();
  w.take(updated("t1", 2, severity::critical));
  for (int i = 0; i < 3; ++i, w.now += 1min) {
    w.write();
    for (const auto& [channel, orders] : w.serve())
      w.report(channel, orders.all.front(), delivery_outcome::retry, 30s);
  }
  w.take(updated("t1", 3, severity::medium));
  w.take(raise("t2"));
  w.take(clear("t2", 2));
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t1 stands medium"});
}

TEST_CASE("an end is told where a try may have reached the receiver, also after a crash") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  w.write();
  CHECK(w.serve().size() == 1);
  w.load();
  w.take(clear("t1", 2));
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 over"});
}

TEST_CASE("an acknowledgement is told where the interface has one, once, and is part of the state elsewhere") {
  auto w = world_of({pd, am});
  w.take(raise("t1"));
  w.settle();
  w.acknowledge(raise("t1").alarm);
  w.settle();
  w.load();
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t1 acknowledged"});
  REQUIRE(states_told(w, am).size() >= 2);
  for (const auto& [to, x] : w.came)
    if (to == am && &x == &w.came.back().second)
      CHECK(x.states->front().acknowledged_by == "anna");
}

TEST_CASE("acknowledged before it could be told, it is raised and acknowledged") {
  auto w = world_of({pd});
  w.take(raise("t1"));
  w.acknowledge(raise("t1").alarm);
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high", "t1 acknowledged"});
}

TEST_CASE("an acknowledgement asks nobody again who does not want the raise") {
  auto w = world_of({pd, slack});
  size_t tries = 0;
  // However often it is asked, it comes to an end here.
  const auto refusing = [&](const channel_name& channel, const page&) {
    return channel == pd && ++tries <= 20 ? delivery_outcome::refused_page : delivery_outcome::sent;
  };
  w.take(raise("t1"));
  w.settle(refusing);
  CHECK(tries == 1);
  w.acknowledge(raise("t1").alarm);
  w.settle(refusing);
  w.now += 10min;
  w.settle(refusing);
  CHECK(tries == 1);
  w.now += 51min;
  w.settle(refusing);
  CHECK(tries == 2);
  // What is another message is tried at once.
  w.take(updated("t1", 2, severity::critical));
  w.settle(refusing);
  CHECK(tries == 3);
}

TEST_CASE("of a group its alarms are told singly, and their ends") {
  auto w = world_of({pd, slack});
  texts expected, ends;
  for (int i = 1; i <= 6; ++i)
    w.take(stale_of(numbered("t", i)));
  w.settle();
  CHECK(states_told(w, pd).empty());
  w.now += 11s;
  w.settle();
  auto told = states_told(w, pd);
  std::sort(told.begin(), told.end());
  for (int i = 1; i <= 6; ++i)
    expected.push_back(numbered("t", i) + " stands medium");
  CHECK(told == expected);
  CHECK(w.told(slack).size() == 1);
  w.came.clear();
  auto end = stale_of("t3");
  end.number = 2;
  end.kind = transition_kind::cleared;
  end.pages = false;
  w.take(end);
  w.settle();
  CHECK(states_told(w, pd) == texts{"t3 over"});
}

TEST_CASE("what stands is told again, many in a message, until it is over") {
  auto w = world_of({am});
  for (int i = 1; i <= 4; ++i)
    w.take(raise(numbered("t", i)));
  w.settle();
  told_receiver receiver;
  for (int minute = 0; minute < 20; ++minute, w.now += 1min) {
    w.came.clear();
    w.settle();
    size_t told = 0;
    for (const auto& [to, x] : w.came) {
      CHECK(x.states->size() <= 3);
      CHECK(x.stands_until == w.now + 4min);
      receiver.hear(x);
      told += x.states->size();
    }
    CHECK(w.came.size() == (minute == 0 ? 0 : 2));
    CHECK(told == (minute == 0 ? 0 : 4));
  }
  w.came.clear();
  w.take(clear("t2", 2));
  w.settle();
  for (const auto& [to, x] : w.came)
    receiver.hear(x);
  CHECK(receiver.standing.size() == 3);
  CHECK(w.desk->sent() == 3);
}

TEST_CASE("a restart tells at once what stands to who would take silence for its end, and to nobody else") {
  auto w = world_of({am, pd});
  w.take(raise("t1"));
  w.settle();
  w.came.clear();
  w.now += 5s;
  w.load();
  w.settle();
  CHECK(states_told(w, am) == texts{"t1 stands high"});
  CHECK(states_told(w, pd).empty());
}

TEST_CASE("after the receiver was down, all that stands and all that is over is told with its first success") {
  auto w = world_of({am});
  for (int i = 1; i <= 5; ++i)
    w.take(raise(numbered("t", i)));
  w.settle();
  w.take(clear("t5", 2));
  for (int i = 0; i < 20; ++i, w.now += 1min) {
    w.write();
    for (const auto& [channel, orders] : w.serve())
      w.report(channel, orders.all.front(), delivery_outcome::retry, 50s);
  }
  w.came.clear();
  w.settle();
  const auto told = states_told(w, am);
  REQUIRE(told.size() == 2);
  CHECK(told.front().starts_with("t5 over, "));
  std::map<uuid, int> times;
  for (const auto& [to, x] : w.came)
    for (const auto& each : *x.states)
      ++times[each.newest.alarm];
  CHECK(times.size() == 5);
  for (const auto& [alarm, count] : times)
    CHECK(count == 1);
}

TEST_CASE("one state that a receiver does not want keeps no other from it; it is told over the other channels") {
  auto w = world_of({am, slack});
  for (int i = 1; i <= 3; ++i)
    w.take(raise(numbered("t", i)));
  const auto bad = raise("t2").alarm;
  w.settle([&](const channel_name& channel, const page& x) {
    if (channel == am)
      for (const auto& each : *x.states)
        if (each.newest.alarm == bad)
          return delivery_outcome::refused_page;
    return delivery_outcome::sent;
  });
  auto told = states_told(w, am);
  CHECK(std::count_if(told.begin(), told.end(), [](const auto& x) { return x.find("t1") != std::string::npos; }) >= 1);
  CHECK(std::count_if(told.begin(), told.end(), [](const auto& x) { return x.find("t3") != std::string::npos; }) >= 1);
  CHECK(w.desk->failed() == 1);
  const auto tries = w.tried.size();
  w.settle();
  CHECK(w.tried.size() == tries);
  w.now += 61min;
  w.came.clear();
  w.settle();
  told = states_told(w, am);
  CHECK(std::count_if(told.begin(), told.end(), [](const auto& x) { return x.find("t2") != std::string::npos; }) >= 1);
}

TEST_CASE("a channel that becomes a receiver of states is told what stands, and gets none of the pages that waited") {
  auto w = world_of({slack});
  w.take(raise("t1"));
  w.settle();
  w.take(raise("t2"));
  w.write();
  w.stateful[slack] = {1, 0ms, true};
  w.came.clear();
  w.load();
  w.settle();
  auto told = states_told(w, slack);
  std::sort(told.begin(), told.end());
  CHECK(told == texts{"t1 stands high", "t2 stands high"});
  CHECK(w.journal.outbox[slack].empty());
  w.stateful.clear();
  w.came.clear();
  w.load();
  w.settle();
  told = w.told(slack);
  std::sort(told.begin(), told.end());
  CHECK(told == texts{"t2 raised"});
}

TEST_CASE("that it is down is not told to itself, neither by another channel that cannot deliver it") {
  auto w = world_of({pd, slack});
  auto x = raise("t1");
  x.condition = {{}, {}, {"pd"}, rule::channel_down};
  x.alarm = alarm_id_of(x.condition, start, 1);
  w.take(x);
  w.settle([](const auto& channel, const auto&) {
    return channel == slack ? delivery_outcome::refused_page : delivery_outcome::sent;
  });
  CHECK(w.desk->failed() == 1);
  CHECK(states_told(w, pd).empty());
}

TEST_CASE("what stays untold for a day goes over the other channels as well, and is tried on") {
  auto w = world_of({pd, slack});
  w.take(raise("t1"));
  const auto dead = [&](const auto& channel, const auto&) {
    return channel == pd ? delivery_outcome::retry : delivery_outcome::sent;
  };
  for (int i = 0; i < 25 * 30; ++i, w.now += 2min)
    w.settle(dead);
  CHECK(w.desk->failed() == 1);
  w.settle();
  CHECK(states_told(w, pd) == texts{"t1 stands high"});
}

TEST_CASE("what is told of an alarm is noted once, what is told again is not") {
  auto w = world_of({am});
  const auto x = raise("t1");
  w.take(x);
  w.settle();
  w.live(10min);
  w.take(clear("t1", 2));
  w.settle();
  CHECK(w.outcomes(x, am) == std::vector{notification_outcome::sent});
  CHECK(w.outcomes(clear("t1", 2), am) == std::vector{notification_outcome::sent});
  CHECK(w.journal.notified.size() == 2);
  CHECK(w.journal.outbox[am].empty());
}

} // namespace stateful_test
