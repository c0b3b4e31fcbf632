#include "protocol/alarm_reasons.hpp"
#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace page_groups_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct plant {
  outbox_world world{{{"slack"}}};
  std::map<std::string, uint32_t> numbers;
  std::map<std::string, event_time> raised;

  alarm_transition step(const std::string& sensor, transition_kind kind, const std::string& unit = "reactor-1",
                        const std::string& line = "A", rule which = rule::state) {
    alarm_transition x = transition(sensor, ++numbers[sensor], kind);
    x.condition = {{"main"}, {sensor}, {unit}, which};
    if (kind == transition_kind::raised)
      raised[sensor] = world.now;
    x.raised_at = raised[sensor];
    x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
    x.at = world.now;
    x.evidence.line = line;
    x.pages = kind == transition_kind::raised || kind == transition_kind::reopened;
    return x;
  }
  alarm_transition raise(const std::string& sensor, const std::string& unit = "reactor-1",
                         const std::string& line = "A", rule which = rule::state) {
    const auto x = step(sensor, transition_kind::raised, unit, line, which);
    world.take(x);
    return x;
  }
  void end(const std::string& sensor, const std::string& unit = "reactor-1", const std::string& line = "A",
           rule which = rule::state) {
    world.take(step(sensor, transition_kind::cleared, unit, line, which));
  }
  void later(milliseconds time) { world.live(time); }
  std::vector<std::string> told() const { return world.told(); }
  const alarm_record& record(const alarm_transition& x) const { return *world.book->find(x.alarm); }
};

using list = std::vector<std::string>;

} // namespace

TEST_CASE("five sensors of a unit that leave their bands together are one page, after ten seconds") {
  plant p;
  std::vector<alarm_transition> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(p.raise(numbered("t", i)));
    p.later(1s);
  }
  CHECK(p.told().empty());
  CHECK(p.record(all[0]).explanation.starts_with("held for 10 s"));
  p.later(5s);
  REQUIRE(p.told() == list{"reactor-1 5 raised"});
  const auto& page = p.world.came.front().second;
  const auto text = describe(page);
  CHECK(text.find("5 sensors of reactor-1 at Main Works (main); first: t0 on reactor-1") != std::string::npos);
  CHECK(text.find("then t1, t2, t3, t4") != std::string::npos);
  std::string body;
  append_json(body, page);
  CHECK(body.find("\"count\":5") != std::string::npos);
  CHECK(body.find(to_string(all[4].alarm)) != std::string::npos);
  for (const auto& each : all)
    CHECK(p.record(each).explanation ==
          "paged as one of 5 sensors of reactor-1 at Main Works (main): group " + short_form(page.about.alarm));
}

TEST_CASE("fewer than five go singly, and so do five of five plants") {
  plant p;
  for (int i = 0; i < 4; ++i)
    p.raise(numbered("t", i));
  for (int i = 4; i < 8; ++i) {
    auto x = p.step(numbered("t", i), transition_kind::raised);
    x.condition.facility = {numbered("plant-", i)};
    x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
    p.world.take(x);
  }
  p.later(11s);
  CHECK(p.told().size() == 8);
  CHECK(p.told().front().find("raised") != std::string::npos);
}

TEST_CASE("what no unit fills a line does, and what no line a facility") {
  SUBCASE("a line") {
    plant p;
    for (int i = 0; i < 6; ++i)
      p.raise(numbered("t", i), numbered("unit-", i / 2), "A");
    p.raise("b", "unit-9", "B");
    p.later(11s);
    auto told = p.told();
    std::sort(told.begin(), told.end());
    CHECK(told == list{"b raised", "line A 6 raised"});
  }
  SUBCASE("a facility") {
    plant p;
    for (int i = 0; i < 6; ++i)
      p.raise(numbered("t", i), numbered("unit-", i), i % 2 ? "A" : "B");
    p.later(11s);
    CHECK(p.told() == list{"main 6 raised"});
  }
  SUBCASE("sensors without equipment are units of their own") {
    plant p;
    for (int i = 0; i < 5; ++i)
      p.raise(numbered("t", i), "", "");
    p.later(11s);
    CHECK(p.told() == list{"main 5 raised"});
  }
  SUBCASE("a holiday, in which each of many units would be a page") {
    plant p;
    for (int i = 0; i < 200; ++i)
      p.raise(numbered("t", i), numbered("unit-", i / 10), i < 100 ? "A" : "B");
    p.later(11s);
    auto told = p.told();
    std::sort(told.begin(), told.end());
    CHECK(told == list{"line A 100 raised", "line B 100 raised"});
  }
}

TEST_CASE("rules are not mixed, and what is not grouped waits for nobody") {
  plant p;
  for (int i = 0; i < 4; ++i)
    p.raise(numbered("t", i));
  p.raise("s", "reactor-1", "A", rule::stale);
  p.raise("l", "reactor-1", "A", rule::limit);
  p.world.settle();
  CHECK(p.told() == list{"l raised"});
  p.later(11s);
  CHECK(p.told().size() == 6);
}

TEST_CASE("a group is told as over when its last alarm is, five minutes later, and reopens with one of them") {
  plant p;
  for (int i = 0; i < 5; ++i)
    p.raise(numbered("t", i), "reactor-1", "A", rule::stale);
  p.later(11s);
  for (int i = 0; i < 4; ++i)
    p.end(numbered("t", i), "reactor-1", "A", rule::stale);
  p.later(10min);
  CHECK(p.told() == list{"reactor-1 5 raised"});
  p.end("t4", "reactor-1", "A", rule::stale);
  p.later(1min);
  p.world.take(p.step("t4", transition_kind::reopened, "reactor-1", "A", rule::stale));
  p.later(10min);
  CHECK(p.told() == list{"reactor-1 5 raised", "reactor-1 5 reopened"});
  p.end("t4", "reactor-1", "A", rule::stale);
  p.later(6min);
  CHECK(p.told() == list{"reactor-1 5 raised", "reactor-1 5 reopened", "reactor-1 5 cleared"});
}

TEST_CASE("what comes while the storm lasts joins its group: one message in five minutes tells of all of it") {
  plant p;
  for (int i = 0; i < 5; ++i)
    p.raise(numbered("t", i));
  p.later(11s);
  std::vector<alarm_transition> later;
  for (int i = 5; i < 12; ++i) {
    later.push_back(p.raise(numbered("t", i)));
    p.later(11s);
  }
  CHECK(p.told() == list{"reactor-1 5 raised"});
  CHECK(p.record(later[0]).explanation.find("tells of it with its next message") != std::string::npos);
  p.later(5min);
  REQUIRE(p.told() == list{"reactor-1 5 raised", "reactor-1 12 updated"});
  CHECK(
      describe(p.world.came.back().second)
          .starts_with("high state updated: 12 sensors of reactor-1 at Main Works (main), 7 of them since it was told: "
                       "t5, t6, t7, t8, t9 and 2 more; first: t0 on reactor-1 at Main Works (main): 98.25 degC"));
  // Another day, another storm.
  p.later(2h);
  p.raise("t99");
  p.later(11s);
  CHECK(p.told().back() == "t99 raised");
}

TEST_CASE("an alarm that ends while it is held is told all the same, one that somebody acknowledges is not") {
  plant p;
  p.raise("over");
  const auto seen = p.raise("seen");
  p.later(2s);
  p.end("over");
  p.world.acknowledge(seen.alarm);
  p.later(11s);
  CHECK(p.told() == list{"over raised"});
  CHECK(p.record(seen).explanation == "not paged: acknowledged while it was held");
  p.later(6min);
  CHECK(p.told() == list{"over raised", "over cleared"});
  p.world.load();
  p.later(1min);
  CHECK(p.told().size() == 2);
}

TEST_CASE("one that becomes critical while it is held goes at once, and one that a group told goes by itself") {
  plant p;
  for (int i = 0; i < 5; ++i)
    p.raise(numbered("t", i), "reactor-1", "A", rule::stale);
  auto worse = p.step("t0", transition_kind::updated, "reactor-1", "A", rule::stale);
  worse.level = severity::critical;
  worse.pages = true;
  p.world.take(worse);
  p.world.settle();
  CHECK(p.told() == list{"t0 updated"});
  p.raise("t5", "reactor-1", "A", rule::stale);
  p.later(11s);
  CHECK(p.told() == list{"t0 updated", "reactor-1 5 raised"});
  auto also = p.step("t1", transition_kind::updated, "reactor-1", "A", rule::stale);
  also.level = severity::critical;
  also.pages = true;
  p.world.take(also);
  p.world.settle();
  CHECK(p.told().back() == "t1 updated");
}

TEST_CASE("who answers for a group answers for its alarms; what joins it is news again") {
  plant p;
  std::vector<alarm_transition> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(p.raise(numbered("t", i)));
  p.later(11s);
  const auto group = p.record(all[0]).group;
  p.world.acknowledge(group);
  for (const auto& each : all)
    CHECK(p.record(each).acknowledged);
  CHECK(p.world.book->counts().unacknowledged == 0);
  p.raise("t9");
  p.later(6min);
  CHECK(p.told() == list{"reactor-1 5 raised", "reactor-1 6 updated"});
  CHECK(p.world.book->counts().unacknowledged == 1);
  // A group stands for alarms that are counted.
  CHECK(p.world.book->counts().active == 6);
}

TEST_CASE("old news is the digest's and no group's; so is what was held when the node went down for hours") {
  plant p;
  for (int i = 0; i < 6; ++i) {
    auto x = p.step(numbered("t", i), transition_kind::raised);
    x.at = p.world.now - 1h;
    p.world.take(x);
  }
  p.later(11s);
  p.later(11s);
  CHECK(p.told() == list{"digest of 6"});
  for (int i = 10; i < 16; ++i)
    p.raise(numbered("t", i));
  p.world.write();
  p.world.now += 3h;
  p.world.load();
  p.later(11s);
  p.later(11s);
  CHECK(p.told() == list{"digest of 6", "digest of 6"});
}

TEST_CASE("a group whose record is lost leaves nobody untold") {
  plant p;
  std::vector<alarm_transition> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(p.raise(numbered("t", i)));
  p.later(11s);
  p.world.journal.alarms.erase(p.record(all[0]).group);
  p.world.load();
  p.later(1s);
  CHECK(p.told().size() == 6);
  CHECK(p.told().back().find("raised") != std::string::npos);
}

TEST_CASE("a group is over at a restart that finds none of its alarms") {
  plant p;
  std::vector<alarm_transition> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(p.raise(numbered("t", i)));
  p.later(11s);
  for (const auto& each : all)
    p.world.journal.alarms.erase(each.alarm);
  p.world.load();
  p.later(1s);
  p.later(6min);
  CHECK(p.told() == list{"reactor-1 5 raised", "reactor-1 5 cleared"});
}

TEST_CASE("a clock that is set back holds nobody for longer") {
  plant p;
  p.raise("t");
  p.world.write();
  p.world.now -= 1h;
  CHECK(p.world.book->due(p.world.now) <= p.world.now + 10s);
  p.later(1s);
  CHECK(p.told() == list{"t raised"});
}

TEST_CASE("without groups each goes at once") {
  plant p;
  p.world.book_limits.groups.least = 0;
  p.world.load();
  for (int i = 0; i < 6; ++i)
    p.raise(numbered("t", i));
  p.world.settle();
  CHECK(p.told().size() == 6);
}

TEST_CASE("what was held when groups were switched off goes by itself") {
  plant p;
  for (int i = 0; i < 6; ++i)
    p.raise(numbered("t", i));
  p.world.write();
  p.world.book_limits.groups.least = 0;
  p.world.load();
  p.later(11s);
  auto told = p.told();
  std::sort(told.begin(), told.end());
  CHECK(told == list{"t0 raised", "t1 raised", "t2 raised", "t3 raised", "t4 raised", "t5 raised"});
}

TEST_CASE("what is shown by its rule is an observation: z, novelty, and state while it is medium") {
  plant p;
  std::vector<alarm_transition> all;
  for (const auto which : {rule::z, rule::novelty, rule::state}) {
    auto x = p.step(std::string{name_of(which)}, transition_kind::raised, "reactor-1", "A", which);
    x.level = severity::medium;
    x.pages = false;
    p.world.take(x);
    all.push_back(x);
  }
  p.later(11s);
  CHECK(p.told().empty());
  CHECK(p.world.book->counts().active == 0);
  CHECK(p.world.book->counts().observations == 3);
  auto high = p.step("state", transition_kind::updated);
  high.pages = true;
  p.world.take(high);
  CHECK(!p.record(high).observation());
  p.later(11s);
  CHECK(p.told() == list{"state updated"});
}

} // namespace page_groups_test
