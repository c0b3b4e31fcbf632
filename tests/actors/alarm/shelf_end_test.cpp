#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace shelf_end_test {

// Who was told the end of an alarm that came back on a shelf hears at the shelf's end that it stands.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using list = std::vector<std::string>;

namespace {

const channel_name slack{"slack"}, chief{"chief"};

struct plant : outbox_world {
  explicit plant(std::vector<channel_name> channels = {slack}) : outbox_world{std::move(channels)} {}

  void take_now(alarm_transition x, severity level = severity::high) {
    x.at = now;
    x.fresh = true;
    x.level = level;
    take(x);
  }
  void update(uint32_t number, bool committed = false) {
    auto x = transition("t1", number, transition_kind::updated);
    x.was = severity::high;
    x.committed = committed;
    take_now(x);
  }
  /// Raised and told, shelved, told as over, and up again; until ten minutes before the end of the shelf.
  void back_unheard(severity level = severity::high) {
    shelf = shelf_of_sensor({"main"}, {"t1"});
    shelf.since = now;
    shelf.until = now + 1h;
    shelf.by = "anna";
    shelve(shelf);
    settle();
    take_now(clear("t1", 2), level);
    live(6min);
    auto again = transition("t1", 3, transition_kind::reopened);
    again.was = level;
    take_now(again, level);
    live(44min);
  }

  alarm_shelf shelf;
};

} // namespace

TEST_CASE("what comes between a shelf's end and the look at it leaves nobody without the alarm") {
  plant p;
  p.take_now(raise("t1"));
  p.settle();
  p.back_unheard();
  CHECK(p.told() == list{"t1 raised", "t1 cleared"});
  SUBCASE("looked at first") {
    p.now = p.shelf.until;
    p.pass();
    p.update(4);
  }
  SUBCASE("the step first") {
    p.now = p.shelf.until;
    p.update(4);
  }
  SUBCASE("the step first, and at a start") {
    p.now += 2h;
    p.load();
    p.update(4, true);
  }
  SUBCASE("the clock was ahead, and is set back behind the shelf's beginning") {
    p.now -= 3h;
    p.update(4);
  }
  p.live(3h);
  CHECK(p.book->find(raise("t1").alarm)->state == alarm_state::active);
  CHECK(p.told().size() == 3);
  CHECK_FALSE(p.book->find(raise("t1").alarm)->back_unheard);
}

TEST_CASE("whoever was told the end hears at the shelf's end that it stands again, whatever the routes say by then") {
  plant p{{slack, chief}};
  alarm_route way;
  way.name = "all";
  way.channels = {slack};
  way.reminders = {10min, 6, {chief}, 20min};
  p.ways = {way};
  p.book_limits.reminders = {severity::critical, 8h};
  p.load();
  p.take_now(raise("t1"), severity::critical);
  p.live(21min);
  CHECK_FALSE(p.told(chief).empty());
  p.back_unheard(severity::critical);
  CHECK(p.told(chief).back() == "t1 cleared");
  p.live(12min);
  CHECK(p.told(slack).back() == "t1 reopened");
  CHECK(p.told(chief).back() == "t1 reopened");
  SUBCASE("and is told when it ends") {
    p.take_now(clear("t1", 4), severity::critical);
    p.live(1h);
    CHECK(p.told(chief).back() == "t1 cleared");
  }
}

TEST_CASE("that an alarm stands which came back unheard is told by no reminder that an acknowledgement takes back") {
  plant p;
  alarm_route way;
  way.name = "all";
  way.channels = {slack};
  way.reminders = {10min, 6, {}, 20min};
  p.ways = {way};
  p.book_limits.reminders = {severity::critical, 8h};
  p.load();
  p.take_now(raise("t1"), severity::critical);
  p.settle();
  p.back_unheard(severity::critical);
  p.acknowledge(raise("t1").alarm);
  p.live(1h);
  CHECK(p.told() == list{"t1 raised", "t1 cleared"});
  const auto down = [](const auto&, const page&) { return delivery_outcome::refused_channel; };
  p.now += 8h;
  p.settle(down);
  p.acknowledge(raise("t1").alarm);
  p.settle(down);
  p.live(1h);
  CHECK(p.told() == list{"t1 raised", "t1 cleared", "t1 reopened"});
}

TEST_CASE("an end that is taken back, of an alarm whose page was held back, has the page held back again") {
  plant p;
  const auto of = [](uint32_t raises, uint32_t number, transition_kind kind) {
    auto x = transition("t1", number, kind, 10 * number);
    x.condition.which = rule::state;
    x.alarm = alarm_id_of(x.condition, start, raises);
    return x;
  };
  p.take(of(1, 1, transition_kind::raised));
  p.live(1min);
  p.take(of(1, 2, transition_kind::cleared));
  p.live(20min);
  const auto second = of(2, 1, transition_kind::raised);
  p.take(second);
  p.settle();
  auto end = of(2, 2, transition_kind::cleared);
  end.position = 50;
  p.take(end);
  p.settle();
  CHECK(p.told() == list{"t1 raised", "t1 cleared"});
  p.load();
  p.book->split_started(0, 30, 0, 5);
  p.decided(p.book->split_committed({0, 60, 0, 6}, p.now));
  CHECK(p.book->find(second.alarm)->state == alarm_state::active);
  p.live(30h);
  CHECK_FALSE(p.book->find(second.alarm)->paged_to.empty());
}

} // namespace shelf_end_test
