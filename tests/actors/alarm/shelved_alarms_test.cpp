#include "protocol/json.hpp"
#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace shelved_alarms_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

namespace {

constexpr milliseconds hour{3'600'000};

struct plant {
  outbox_world world{{{"slack"}}};

  void shelve(alarm_shelf x, milliseconds time = 4 * hour) {
    x.since = world.now;
    x.until = world.now + time;
    x.by = "anna";
    x.reason = "new bearing";
    world.shelve(x);
    world.settle();
  }
  void shelve_t1() { shelve(shelf_of_sensor({"main"}, {"t1"})); }
  void take(alarm_transition x) {
    x.at = world.now;
    x.fresh = true;
    world.take(x);
    world.settle();
  }
  void live(milliseconds time) { world.live(time); }
  const alarm_record& t1() const { return *world.book->find(raise("t1").alarm); }
  const page& newest() const { return world.came.back().second; }
};

alarm_transition of_rule(rule which, const std::string& sensor, uint32_t number = 1,
                         transition_kind kind = transition_kind::raised) {
  auto x = transition(sensor, number, kind);
  x.condition.which = which;
  x.alarm = alarm_id_of(x.condition, start, 1);
  return x;
}

alarm_transition of_state(const std::string& sensor, uint32_t number, transition_kind kind) {
  return of_rule(rule::state, sensor, number, kind);
}

} // namespace

TEST_CASE("what is raised while its sensor is shelved pages nobody until the shelf ends, and then says that it was") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.live(3 * hour);
  CHECK(p.world.told().empty());
  CHECK(p.t1().explanation ==
        "not paged: shelved until 2027-01-15 13:00 CET with sensor t1 of main by anna: new bearing");
  CHECK(p.t1().state == alarm_state::active);
  CHECK(p.world.book->counts().shelved == 1);
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
  CHECK(p.newest().kind == page_kind::alert);
  CHECK(describe(p.newest().about)
            .find("stands after it was shelved until 2027-01-15 13:00 CET with sensor t1 of main "
                  "by anna: new bearing") != std::string::npos);
  CHECK(p.world.book->counts().shelved == 0);
  p.live(24 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
  p.take(clear("t1", 2));
  p.live(hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
}

TEST_CASE("a critical one is shelved as well, for a person has said so") {
  plant p;
  p.shelve_t1();
  auto x = raise("t1");
  x.level = severity::critical;
  p.take(x);
  p.live(3 * hour);
  CHECK(p.world.told().empty());
}

TEST_CASE("what has ended by the end of its shelf is told to nobody") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.take(clear("t1", 2));
  p.live(24 * hour);
  CHECK(p.world.told().empty());
  CHECK(p.t1().explanation.starts_with("not paged: it was over before its shelf; it was shelved until"));
  CHECK(p.t1().finished());
}

TEST_CASE("of what was paged before its shelf the end is told as ever, and no return, and what stands at the end is") {
  plant p;
  p.take(raise("t1"));
  p.shelve(shelf_of_alarm(raise("t1")));
  p.take(clear("t1", 2));
  p.live(hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
  p.take(transition("t1", 3, transition_kind::reopened));
  p.take(clear("t1", 4));
  p.take(transition("t1", 5, transition_kind::reopened));
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared", "t1 reopened"});
  CHECK(p.newest().kind == page_kind::alert);
}

TEST_CASE("what came back and went while it was shelved is not told as over a second time") {
  plant p;
  p.take(raise("t1"));
  p.shelve_t1();
  p.take(clear("t1", 2));
  p.live(hour);
  p.take(transition("t1", 3, transition_kind::reopened));
  p.live(hour);
  p.take(clear("t1", 4));
  p.live(24 * hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
  CHECK(p.t1().explanation.starts_with("quiet: told as over before, and it came back and went unheard"));
}

TEST_CASE("what came back on a shelf while its end waited is over for people, whatever restarts, and once only") {
  plant p;
  p.take(raise("t1"));
  p.shelve_t1();
  p.take(clear("t1", 2));
  p.take(transition("t1", 3, transition_kind::reopened));
  p.world.load();
  p.live(hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
  p.take(clear("t1", 4));
  p.world.load();
  p.live(24 * hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
  CHECK(p.world.journal.marks.empty());
}

TEST_CASE("what came back on a shelf and was acknowledged there is told to nobody, by no start either") {
  plant p;
  p.take(raise("t1"));
  p.shelve_t1();
  p.take(clear("t1", 2));
  p.live(hour);
  p.take(transition("t1", 3, transition_kind::reopened));
  p.world.acknowledge(raise("t1").alarm);
  p.live(24 * hour);
  p.world.load();
  p.live(hour);
  CHECK(p.t1().state == alarm_state::active);
  CHECK(p.world.told() == words{"t1 raised", "t1 cleared"});
}

TEST_CASE("one that was paged before pages once more when its shelf ends, unless somebody has acknowledged it") {
  for (const bool acknowledged : {false, true}) {
    plant p;
    p.take(raise("t1"));
    p.shelve_t1();
    if (acknowledged)
      p.world.acknowledge(raise("t1").alarm);
    p.live(24 * hour);
    CHECK(p.world.told() == (acknowledged ? words{"t1 raised"} : words{"t1 raised", "t1 raised"}));
    CHECK(p.t1().acknowledged == acknowledged);
  }
}

TEST_CASE("what gets worse while it is shelved ends an acknowledgement, and pages at the end as what it is then") {
  plant p;
  p.take(raise("t1"));
  p.world.acknowledge(raise("t1").alarm);
  p.shelve_t1();
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.level = severity::critical;
  worse.pages = true;
  worse.was = severity::high;
  p.take(worse);
  p.live(3 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised", "t1 updated"});
  CHECK(p.newest().about.level == severity::critical);
}

TEST_CASE("ended early, it pages at once") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.world.unshelve(shelf_of_sensor({"main"}, {"t1"}));
  p.world.settle();
  CHECK(p.world.told() == words{"t1 raised"});
  REQUIRE(p.t1().remarks.size() == 1);
  CHECK(p.t1().remarks[0].what == alarm_remark::kind::unshelved);
  CHECK(p.t1().remarks[0].by == "anna");
  CHECK(p.t1().remarks[0].at == p.world.now);
}

TEST_CASE(
    "a page that waits for its channel waits for the end of the shelf as well, and is taken in by the one of then") {
  plant p;
  p.world.take(raise("t1"));
  p.world.write();
  p.shelve_t1();
  p.live(3 * hour);
  CHECK(p.world.told().empty());
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
  CHECK(p.world.outcomes(raise("t1")) == std::vector{notification_outcome::grouped});
}

TEST_CASE("a page that waits for the end of a shelf is told by nobody once its alarm is acknowledged, nor by a start") {
  for (const bool lost : {false, true})
    for (const bool dies : {false, true})
      for (const bool first : {false, true}) {
        CAPTURE(lost);
        CAPTURE(dies);
        CAPTURE(first);
        plant p;
        auto x = raise("t1");
        x.at = p.world.now;
        x.fresh = true;
        p.world.take(x);
        p.world.settle([&](const auto&, const auto&) {
          return lost ? delivery_outcome::retry : delivery_outcome::refused_channel;
        });
        if (first)
          p.world.acknowledge(x.alarm);
        p.shelve_t1();
        p.live(hour);
        if (!first)
          p.world.acknowledge(x.alarm);
        p.world.write();
        if (dies)
          p.world.load();
        p.live(5 * hour);
        p.world.load();
        p.live(hour);
        CHECK(p.world.told().empty());
        CHECK(p.world.journal.outbox[{"slack"}].empty());
        p.take(clear("t1", 2));
        p.live(hour);
        // Where the answer was lost its receiver may have it.
        CHECK(p.world.told() == (lost ? words{"t1 cleared"} : words{}));
        CHECK(p.world.journal.marks.empty());
      }
}

TEST_CASE(
    "a page that is in hand when its alarm is shelved and acknowledged is not tried again when the shelf is over") {
  plant p;
  auto x = raise("t1");
  x.at = p.world.now;
  x.fresh = true;
  p.world.take(x);
  p.world.write();
  const auto hands = p.world.serve();
  REQUIRE(hands.size() == 1);
  auto shelf = shelf_of_sensor({"main"}, {"t1"});
  shelf.since = p.world.now;
  shelf.until = p.world.now + 2s;
  p.world.shelve(shelf);
  p.world.acknowledge(x.alarm);
  p.world.now += 3s;
  p.world.write();
  p.world.report({"slack"}, hands[0].orders.all[0], delivery_outcome::refused_channel);
  p.live(hour);
  CHECK(p.world.told().empty());
}

TEST_CASE("an alarm that is held for others pages by itself or with them behind its shelf, and not before") {
  plant p;
  p.take(of_rule(rule::stale, "t1"));
  CHECK(p.world.book->held() == 1);
  p.shelve_t1();
  CHECK(p.world.book->held() == 0);
  p.live(3 * hour);
  CHECK(p.world.told().empty());
  p.live(2 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
}

TEST_CASE("a unit whose shelf ends with many alarms that stand is one page, where they are of a rule that is grouped") {
  plant p;
  p.shelve(shelf_of_unit({"main"}, {"reactor-1"}));
  for (int i = 1; i <= 8; ++i)
    p.take(of_rule(rule::stale, numbered("t", i)));
  p.live(3 * hour);
  CHECK(p.world.told().empty());
  p.live(2 * hour);
  CHECK(p.world.told() == words{"reactor-1 8 raised"});
}

TEST_CASE("a group whose unit is shelved tells of its alarms once when that ends") {
  plant p;
  for (int i = 1; i <= 8; ++i)
    p.take(of_rule(rule::stale, numbered("t", i)));
  p.live(60s);
  REQUIRE(p.world.told() == words{"reactor-1 8 raised"});
  p.shelve(shelf_of_unit({"main"}, {"reactor-1"}));
  p.live(24 * hour);
  CHECK(p.world.told() == words{"reactor-1 8 raised", "reactor-1 8 raised"});
}

TEST_CASE("what its group was to tell, and was shelved before, is not held back as a second page of its sensor") {
  plant p;
  for (int i = 1; i <= 5; ++i)
    p.world.take(of_state(numbered("t", i), 1, transition_kind::raised));
  p.live(1min);
  CHECK(p.world.told() == words{"reactor-1 5 raised"});
  p.take(of_state("t6", 1, transition_kind::raised));
  p.live(30s);
  p.shelve(shelf_of_sensor({"main"}, {"t6"}), hour);
  p.live(2 * hour);
  CHECK(p.world.told() == words{"reactor-1 5 raised", "t6 raised"});
}

TEST_CASE(
    "what its group told, came back on a shelf and stands at the end pages by itself; what ends there tells nobody") {
  plant p;
  for (int i = 1; i <= 5; ++i)
    p.world.take(of_state(numbered("t", i), 1, transition_kind::raised));
  p.live(1min);
  p.shelve(shelf_of_sensor({"main"}, {"t1"}), hour);
  p.take(of_state("t1", 2, transition_kind::cleared));
  p.live(10min);
  p.take(of_state("t1", 3, transition_kind::reopened));
  SUBCASE("it stands") {
    p.live(2 * hour);
    CHECK(p.world.told().back() == "t1 reopened");
  }
  SUBCASE("it ends") {
    p.take(of_state("t1", 4, transition_kind::cleared));
    p.live(30 * hour);
    for (const auto& each : p.world.told())
      CHECK(each.find("t1 ") == std::string::npos);
  }
}

TEST_CASE("a shelf that ends again and again leaves no trace in what is told later") {
  plant p;
  p.take(raise("t1"));
  for (int night = 0; night < 3; ++night) {
    p.shelve_t1();
    p.live(5 * hour);
  }
  CHECK(p.world.told() == words{"t1 raised", "t1 raised", "t1 raised", "t1 raised"});
  const auto text = describe(p.newest().about);
  CHECK(text.find("shelved until") == text.rfind("shelved until"));
  CHECK(p.t1().latest.reason.empty());
}

TEST_CASE("a node that was down when a shelf ended pages at its start what stands, once") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.world.now += 10 * hour;
  p.world.load();
  p.world.settle();
  CHECK(p.world.told() == words{"t1 raised"});
  p.world.load();
  p.live(24 * hour);
  CHECK(p.world.told() == words{"t1 raised"});
}

TEST_CASE("a restart leaves a shelf as it is, and what stands on it is paged to no new channel") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.world.configure({{"slack"}, {"log"}});
  p.live(hour);
  CHECK(p.world.came.empty());
  REQUIRE(p.t1().shelved);
  CHECK(p.t1().shelved->by == "anna");
}

TEST_CASE("a shelf that the journal does not have any more is over") {
  plant p;
  p.shelve_t1();
  p.take(raise("t1"));
  p.world.journal.shelves.clear();
  p.world.load();
  p.world.settle();
  CHECK(p.world.told() == words{"t1 raised"});
}

TEST_CASE(
    "a receiver of states is told nothing of what is shelved before its raise, and the rest is left as it stands") {
  outbox_world world{{{"pager"}}, {}, 4, {{{"pager"}, {}}}};
  const auto shelve = [&](const std::string& sensor) {
    auto x = shelf_of_sensor({"main"}, {sensor});
    x.since = world.now;
    x.until = world.now + hour;
    world.shelve(x);
  };
  world.take(raise("t1"));
  world.settle();
  shelve("t1");
  shelve("t2");
  world.take(raise("t2"));
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.level = severity::critical;
  worse.pages = true;
  world.take(worse);
  world.settle();
  REQUIRE(world.came.size() == 1);
  world.live(2 * hour);
  REQUIRE(world.came.size() >= 2);
  std::map<std::string, severity> last;
  for (size_t i = 1; i < world.came.size(); ++i)
    for (const auto& each : *world.came[i].second.states)
      last[each.newest.condition.sensor.text] = each.newest.level;
  CHECK(last == std::map<std::string, severity>{{"t1", severity::critical}, {"t2", severity::high}});
}

TEST_CASE("to a receiver of states the end of what was shelved behind its raise is told, and its return is not") {
  outbox_world world{{{"pager"}}, {}, 4, {{{"pager"}, {}}}};
  world.take(raise("t1"));
  world.settle();
  auto x = shelf_of_sensor({"main"}, {"t1"});
  x.since = world.now;
  x.until = world.now + hour;
  world.shelve(x);
  world.take(clear("t1", 2));
  world.settle();
  REQUIRE(world.came.size() == 2);
  CHECK(world.came[1].second.states->front().is == alarm_now::what::over);
  world.take(transition("t1", 3, transition_kind::reopened));
  world.settle();
  CHECK(world.came.size() == 2);
  world.live(2 * hour);
  REQUIRE(world.came.size() == 3);
  CHECK(world.came[2].second.states->front().is == alarm_now::what::stands);
}

TEST_CASE("notes, and who shelved what, are kept with the alarm through a restart, the newest twenty") {
  plant p;
  p.take(raise("t1"));
  const auto id = raise("t1").alarm;
  p.shelve_t1();
  REQUIRE(p.world.book->note(id, "the gauge sticks", "ben", p.world.now));
  CHECK_FALSE(p.world.book->note(raise("t9").alarm, "?", "ben", p.world.now));
  p.world.changed(id);
  p.world.settle();
  p.world.load();
  REQUIRE(p.t1().remarks.size() == 2);
  CHECK(p.t1().remarks[0].what == alarm_remark::kind::shelved);
  CHECK(p.t1().remarks[0].text.ends_with("with sensor t1 of main by anna: new bearing"));
  CHECK(p.t1().remarks[1] == alarm_remark{alarm_remark::kind::note, p.world.now, "ben", "the gauge sticks"});
  std::string json;
  append_json(json, p.t1());
  CHECK(json.find(R"("shelved":"shelved until 2027-01-15 13:00 CET with sensor t1 of main by anna: new bearing")") !=
        std::string::npos);
  CHECK(json.find(R"("what":"note")") != std::string::npos);
  for (int i = 0; i < 30; ++i)
    p.world.book->note(id, numbered("note ", i), "ben", p.world.now);
  CHECK(p.t1().remarks.size() == alarm_record::most_remarks);
  CHECK(p.t1().remarks.back().text == "note 29");
}

TEST_CASE("a record of version 6 is read, and nothing of it is shelved") {
  alarm_book book{routes{{{"slack"}}}};
  book.take(raise("t1"), start);
  std::string bytes;
  binary_writer out{bytes};
  encode(out, *book.find(raise("t1").alarm));
  // At its end what version 8 adds of nobody's child: a flag and two times. Before that no flag, and no remark; before
  // that a time.
  REQUIRE(bytes[0] == 8);
  bytes.resize(bytes.size() - 17);
  REQUIRE(bytes.ends_with(std::string_view{"\0\0", 2}));
  bytes[0] = 6;
  bytes.resize(bytes.size() - 10);
  binary_reader in{bytes};
  const auto old = decode_alarm_record(in);
  REQUIRE(old);
  CHECK(in.at_end());
  CHECK_FALSE(old->shelved);
  CHECK(old->remarks.empty());
  CHECK(old->paged_to.size() == 1);
}

} // namespace shelved_alarms_test
