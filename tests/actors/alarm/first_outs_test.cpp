#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace first_outs_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct unit {
  outbox_world world{{{"slack"}}};
  std::map<std::string, uint32_t> numbers;
  std::map<std::string, event_time> raised;
  std::map<std::string, std::string> machine;

  unit() {
    world.book_limits.first_out.within = 10min;
    world.load();
  }

  alarm_transition step(const std::string& sensor, transition_kind kind, severity level = severity::high,
                        rule which = rule::limit) {
    auto x = transition(sensor, ++numbers[sensor], kind);
    const auto at = machine.find(sensor);
    x.condition = {{"main"}, {sensor}, {at == machine.end() ? "reactor-1" : at->second}, which};
    if (kind == transition_kind::raised)
      raised[sensor] = world.now;
    x.raised_at = raised[sensor];
    x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
    x.at = world.now;
    x.onset = kind == transition_kind::raised || kind == transition_kind::reopened ? world.now : never;
    x.level = level;
    x.pages = kind == transition_kind::raised;
    x.fresh = true;
    return x;
  }
  alarm_transition raise(const std::string& sensor, rule which = rule::limit, severity level = severity::high) {
    const auto x = step(sensor, transition_kind::raised, level, which);
    world.take(x);
    world.settle();
    return x;
  }
  void end(const alarm_transition& of) {
    world.take(step(of.condition.sensor.text, transition_kind::cleared, severity::high, of.condition.which));
    world.settle();
  }
  void later(milliseconds time) {
    for (const auto end = world.now + time; world.now < end; world.now += 1s)
      world.settle();
    world.settle();
  }
  std::vector<std::string> told() const { return world.told(); }
  const alarm_record& record(const alarm_transition& x) const { return *world.book->find(x.alarm); }
  std::string newest() const { return describe(world.came.back().second); }
};

using list = std::vector<std::string>;

} // namespace

TEST_CASE("the first alarm of a unit pages at once, and what follows it is one message ten seconds later") {
  unit u;
  const auto first = u.raise("t0");
  CHECK(u.told() == list{"t0 raised"});
  std::vector<alarm_transition> children;
  for (int i = 1; i < 5; ++i) {
    children.push_back(u.raise(numbered("t", i)));
    u.later(1s);
  }
  CHECK(u.told() == list{"t0 raised"});
  CHECK(u.record(children[0]).explanation == "child of t0 limit (" + short_form(first.alarm) +
                                                 "), which was first: told in one message with what follows it");
  CHECK(u.record(children[0]).child_of == first.alarm);
  u.later(5s);
  CHECK(u.told() == list{"t0 raised"});
  u.later(1s);
  CHECK(u.told() == list{"t0 raised", "reactor-1 4 raised"});
  CHECK(u.newest().starts_with("high limit: and 4 more on reactor-1: t1 limit, t2 limit, t3 limit, t4 limit; first: t0 "
                               "on reactor-1 at Main Works (main): 98.25 degC"));
  const auto group = u.world.came.back().second.about.alarm;
  for (const auto& each : children) {
    CHECK(u.record(each).group == group);
    CHECK(u.record(each).explanation ==
          "child of t0 limit (" + short_form(first.alarm) + "), told by group " + short_form(group));
  }
  std::string json;
  append_json(json, u.record(children[0]));
  CHECK(json.find("\"child_of\":\"" + short_form(first.alarm) + "\"") != std::string::npos);
}

TEST_CASE("one that follows alone is one more, and names beyond five are counted") {
  unit u;
  u.raise("t0");
  u.raise("t1");
  u.later(10s);
  CHECK(u.newest().starts_with("high limit: and 1 more on reactor-1: t1 limit; first: "));
  for (int i = 2; i < 9; ++i)
    u.raise(numbered("t", i));
  u.later(2min);
  CHECK(u.newest().find("and 7 more on reactor-1: t2 limit, t3 limit, t4 limit, t5 limit, t6 limit and 2 more; 8 in "
                        "all; first: t0 on reactor-1") != std::string::npos);
}

TEST_CASE("messages about children are two minutes apart while more come") {
  unit u;
  u.raise("t0");
  u.raise("t1");
  u.later(10s);
  const auto told = u.world.now;
  for (int i = 2; i < 6; ++i) {
    u.raise(numbered("t", i));
    u.later(20s);
  }
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised"});
  while (u.told().size() == 2)
    u.later(1s);
  CHECK(u.told().back() == "reactor-1 5 updated");
  CHECK(u.world.now - told >= 2min);
  CHECK(u.world.now - told <= 2min + 2s);
  u.later(3min);
  u.raise("t6");
  u.later(9s);
  CHECK(u.told().size() == 3);
  u.later(1s);
  CHECK(u.told().back() == "reactor-1 6 updated");
}

TEST_CASE("first is who begins first, by the first reading outside, and not who is raised first") {
  unit u;
  u.raise("fast");
  u.world.now += 20s;
  auto slow = u.step("slow", transition_kind::raised);
  slow.onset = u.world.now - 30s;
  u.world.take(slow);
  u.world.settle();
  CHECK(u.told() == list{"fast raised", "slow raised"});
  const auto third = u.raise("third");
  CHECK(u.record(third).child_of == slow.alarm);
  auto fourth = u.step("fourth", transition_kind::raised);
  fourth.onset = u.world.now - 25s;
  u.world.take(fourth);
  CHECK(u.record(fourth).child_of == slow.alarm);
}

TEST_CASE("what an older version decided began, as far as is known, when it was raised") {
  unit u;
  auto first = u.step("t0", transition_kind::raised);
  first.onset = never;
  u.world.take(first);
  u.world.settle();
  u.later(1s);
  CHECK(u.record(u.raise("t1")).child_of == first.alarm);
}

TEST_CASE("what begins more than ten minutes after the first pages, and is first") {
  unit u;
  const auto first = u.raise("t0");
  u.later(10min);
  CHECK(u.record(u.raise("t1")).child_of == first.alarm);
  u.later(1s);
  const auto second = u.raise("t2");
  CHECK(u.told().back() == "t2 raised");
  CHECK(u.record(u.raise("t3")).child_of == second.alarm);
}

TEST_CASE("what follows at another unit is first there, and a sensor without equipment is its own unit") {
  unit u;
  u.machine = {{"b", "reactor-2"}, {"alone", ""}, {"lonely", ""}};
  u.raise("t0");
  u.raise("b");
  const auto alone = u.raise("alone");
  u.raise("lonely");
  CHECK(u.told() == list{"t0 raised", "b raised", "alone raised", "lonely raised"});
  auto too = u.step("alone", transition_kind::raised, severity::high, rule::rate);
  u.world.take(too);
  u.world.settle();
  CHECK(u.record(too).child_of == alone.alarm);
  u.later(11s);
  CHECK(u.newest().starts_with("high rate: and 1 more on alone: alone rate; first: alone at Main Works (main): "));
}

TEST_CASE("a critical alarm pages of its own, also where it follows, and is first of none") {
  unit u;
  const auto first = u.raise("t0");
  const auto worst = u.raise("t1", rule::limit, severity::critical);
  CHECK(u.told() == list{"t0 raised", "t1 raised"});
  CHECK(u.record(worst).child_of == first.alarm);
  u.world.acknowledge(first.alarm);
  u.raise("t2");
  CHECK(u.told().back() == "t2 raised");
}

TEST_CASE("a limit follows no alarm of what was learned, nor of an instrument; those follow a limit") {
  for (const auto which : {rule::z, rule::state, rule::novelty, rule::rapid_change, rule::range, rule::stale,
                           rule::stuck, rule::bad_quality}) {
    CAPTURE(name_of(which));
    unit u;
    u.raise("first", which);
    u.later(11s);
    REQUIRE(u.told() == list{"first raised"});
    const auto limit = u.raise("limit");
    CHECK(u.told() == list{"first raised", "limit raised"});
    CHECK(u.record(limit).child_of == uuid{});
    u.machine["other"] = "reactor-2";
    u.machine["behind"] = "reactor-2";
    const auto other = u.raise("other");
    CHECK(u.record(u.raise("behind", which)).child_of == other.alarm);
  }
  unit u;
  const auto rate = u.raise("rate", rule::rate);
  CHECK(u.record(u.raise("limit")).child_of == rate.alarm);
}

TEST_CASE("what is held for a group of its kind is a child where an alarm turns out to have begun before it") {
  unit u;
  const auto held = u.raise("state", rule::state);
  CHECK(u.record(held).child_of == uuid{});
  u.world.now += 2s;
  auto limit = u.step("limit", transition_kind::raised);
  limit.onset = u.world.now - 30s;
  u.world.take(limit);
  u.later(9s);
  CHECK(u.told() == list{"limit raised", "reactor-1 1 raised"});
  CHECK(u.record(held).child_of == limit.alarm);
}

TEST_CASE("a rise of severity pages: of a child that nobody was told of, and of one that was named") {
  unit u;
  u.raise("t0", rule::limit, severity::medium);
  u.raise("t1", rule::limit, severity::medium);
  auto worse = u.step("t1", transition_kind::updated, severity::high);
  worse.pages = true;
  u.world.take(worse);
  u.world.settle();
  CHECK(u.told() == list{"t0 raised", "t1 updated"});
  u.raise("t2", rule::limit, severity::medium);
  u.later(11s);
  CHECK(u.told().back() == "reactor-1 1 raised");
  auto also = u.step("t2", transition_kind::updated, severity::high);
  also.pages = true;
  u.world.take(also);
  u.world.settle();
  CHECK(u.told().back() == "t2 updated");
}

TEST_CASE("a rise pages also where somebody had acknowledged the child before it was named") {
  unit u;
  u.raise("t0", rule::limit, severity::medium);
  const auto child = u.raise("t1", rule::limit, severity::medium);
  u.world.acknowledge(child.alarm);
  auto worse = u.step("t1", transition_kind::updated, severity::high);
  worse.pages = true;
  worse.was = severity::medium;
  u.world.take(worse);
  u.world.settle();
  CHECK(u.told() == list{"t0 raised", "t1 updated"});
}

TEST_CASE("what comes after the acknowledgement of the first is first anew") {
  unit u;
  const auto first = u.raise("t0");
  u.world.acknowledge(first.alarm);
  const auto next = u.raise("t1");
  CHECK(u.told() == list{"t0 raised", "t1 raised"});
  CHECK(u.record(u.raise("t2")).child_of == next.alarm);
}

TEST_CASE("an observation is first of none") {
  unit u;
  auto shown = u.step("shown", transition_kind::raised, severity::medium, rule::z);
  shown.pages = false;
  u.world.take(shown);
  const auto page = u.raise("rate", rule::rate);
  CHECK(u.told() == list{"rate raised"});
  CHECK(u.record(page).child_of == uuid{});
  CHECK(u.record(shown).child_of == uuid{});
}

TEST_CASE("when the first clears, is acknowledged or shelved, the worst that nobody was told of pages at once") {
  for (const std::string how : {"cleared", "acknowledged", "shelved"}) {
    CAPTURE(how);
    unit u;
    const auto first = u.raise("t0");
    const auto named = u.raise("named", rule::limit, severity::high);
    u.later(10s);
    const auto mild = u.raise("mild", rule::limit, severity::medium);
    const auto worst = u.raise("worst");
    const auto over = u.raise("over");
    u.end(over);
    REQUIRE(u.told() == list{"t0 raised", "reactor-1 1 raised"});
    if (how == "cleared")
      u.end(first);
    else if (how == "acknowledged")
      u.world.acknowledge(first.alarm);
    else {
      auto shelf = shelf_of_alarm(first);
      shelf.since = u.world.now;
      shelf.until = u.world.now + 1h;
      u.world.shelve(shelf);
    }
    u.world.settle();
    CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised", "worst raised"});
    CHECK(u.record(worst).child_of == uuid{});
    CHECK(u.record(worst).explanation.ends_with("it stood behind t0 limit (" + short_form(first.alarm) +
                                                "), which is " + (how == "cleared" ? "over" : how)));
    CHECK(u.record(mild).child_of == worst.alarm);
    u.later(11s);
    CHECK(u.newest().find("and 2 more on reactor-1: mild limit, over limit; first: worst on reactor-1") !=
          std::string::npos);
    CHECK(u.record(named).child_of == first.alarm);
  }
}

TEST_CASE("where the worst may not be first of another, that one pages as well") {
  unit u;
  const auto first = u.raise("t0", rule::rate);
  u.raise("limit", rule::limit, severity::medium);
  u.raise("second", rule::limit, severity::low);
  const auto worst = u.raise("range", rule::range);
  u.end(first);
  CHECK(u.told() == list{"t0 raised", "range raised", "limit raised"});
  CHECK(u.record(worst).child_of == uuid{});
  u.later(11s);
  CHECK(u.newest().find("and 1 more on reactor-1: second limit; first: limit on reactor-1") != std::string::npos);
}

TEST_CASE("a child that is over before it was named is named all the same, and its end is told once") {
  unit u;
  const auto first = u.raise("t0");
  const auto child = u.raise("t1");
  u.later(2s);
  u.end(child);
  u.end(first);
  u.later(8s);
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised"});
  u.later(6min);
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised", "t0 cleared", "reactor-1 1 cleared"});
}

TEST_CASE("a child that is acknowledged or shelved before it was named is told to nobody") {
  unit u;
  u.raise("t0");
  const auto seen = u.raise("seen"), shelved = u.raise("shelved");
  u.world.acknowledge(seen.alarm);
  auto shelf = shelf_of_alarm(shelved);
  shelf.since = u.world.now;
  shelf.until = u.world.now + 1h;
  u.world.shelve(shelf);
  u.later(1min);
  CHECK(u.told() == list{"t0 raised"});
  u.later(1h);
  CHECK(u.told() == list{"t0 raised", "shelved raised"});
}

TEST_CASE("what stands at the end of a unit's shelf is one page of what began first, and one message of the others") {
  unit u;
  auto shelf = shelf_of_unit({"main"}, {"reactor-1"});
  shelf.since = u.world.now;
  shelf.until = u.world.now + 1h;
  u.world.shelve(shelf);
  for (const auto* each : {"z-first", "a", "b", "c"}) {
    u.raise(each);
    u.later(1s);
  }
  u.later(59min + 55s);
  CHECK(u.told().empty());
  u.later(2s);
  CHECK(u.told() == list{"z-first raised"});
  u.later(10s);
  CHECK(u.told() == list{"z-first raised", "reactor-1 3 raised"});
}

TEST_CASE("who answers for a message answers for those that it named, and for no others") {
  unit u;
  const auto first = u.raise("t0");
  const auto named = u.raise("named");
  u.later(10s);
  const auto later = u.raise("later");
  u.world.acknowledge(u.record(named).group);
  CHECK(u.record(named).acknowledged);
  CHECK_FALSE(u.record(first).acknowledged);
  CHECK_FALSE(u.record(later).acknowledged);
  u.later(2min);
  CHECK(u.told().back() == "reactor-1 2 updated");
  CHECK_FALSE(u.world.book->find(u.record(named).group)->acknowledged);
}

TEST_CASE("the end of a message's alarms is told when the last of them is over, and a return as well") {
  unit u;
  u.raise("t0");
  const auto one = u.raise("one"), two = u.raise("two");
  u.later(10s);
  u.end(one);
  u.later(6min);
  CHECK(u.told().size() == 2);
  u.end(two);
  u.later(6min);
  CHECK(u.told().back() == "reactor-1 2 cleared");
  CHECK(u.newest().find("none of the 2 more on reactor-1 any more; first: t0 on reactor-1") != std::string::npos);
  u.world.take(u.step("one", transition_kind::reopened));
  u.later(1s);
  CHECK(u.newest().find("2 more on reactor-1 again; first: t0 on reactor-1") != std::string::npos);
  const auto more = u.raise("more");
  u.later(1min);
  CHECK(u.record(more).is_child() == false);
}

TEST_CASE("a receiver that keeps a state of each alarm is told each child when the message is") {
  outbox_world world{{{"pager"}}, {}, 4, {{{"pager"}, stateful_receiver{}}}};
  world.book_limits.first_out.within = 10min;
  world.load();
  auto first = raise("t0"), child = raise("t1");
  first.onset = child.onset = start;
  world.take(first);
  world.settle();
  world.take(child);
  world.settle();
  const auto states = [&] {
    std::set<uuid> out;
    for (const auto& [to, x] : world.came)
      if (x.states)
        for (const auto& each : *x.states)
          out.insert(each.newest.alarm);
    return out;
  };
  CHECK(states() == std::set<uuid>{first.alarm});
  world.now += 10s;
  world.settle();
  CHECK(states() == std::set<uuid>{first.alarm, child.alarm});
}

TEST_CASE("a restart finds who stands behind whom, and tells it at its time") {
  unit u;
  u.raise("t0");
  const auto child = u.raise("t1");
  u.world.write();
  u.world.load();
  CHECK(u.world.book->unnamed_children() == 1);
  u.later(11s);
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised"});
  u.world.load();
  u.raise("t2");
  u.later(2min);
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised", "reactor-1 2 updated"});
  CHECK(u.record(child).child_of != uuid{});
}

TEST_CASE("a clock that is set back makes no child wait for longer") {
  unit u;
  u.raise("t0");
  u.raise("t1");
  u.world.write();
  u.world.now -= 1h;
  u.later(1s);
  CHECK(u.told() == list{"t0 raised", "reactor-1 1 raised"});
}

TEST_CASE("old news stands behind nobody: the digest has it") {
  unit u;
  u.raise("t0");
  auto old = u.step("t1", transition_kind::raised);
  old.fresh = false;
  u.world.now += 20min;
  u.world.take(old);
  CHECK(u.record(old).child_of == uuid{});
}

TEST_CASE("with `within` 0 each alarm pages by itself, and what waited when it was set so is told") {
  unit u;
  u.raise("t0");
  u.raise("t1");
  u.world.write();
  u.world.book_limits.first_out.within = 0ms;
  u.world.load();
  u.raise("t2");
  CHECK(u.told() == list{"t0 raised", "t2 raised"});
  u.later(11s);
  CHECK(u.told() == list{"t0 raised", "t2 raised", "reactor-1 1 raised"});
}

} // namespace first_outs_test
