#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <random>

namespace shelf_schedule_test {

// Any schedule of alarms, shelves, acknowledgements, answers and crashes: what people must be able to rely on of
// shelves.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct life {
  std::string sensor, unit;
  uint32_t number = 0;
  bool stands = false;
};

struct history {
  std::mt19937_64 random;
  outbox_world world{{{"slack"}}};
  std::vector<life> lives;
  std::vector<alarm_transition> all;
  /// What people shelved and the journal has: how the world must see it, whatever the book does.
  std::map<shelf_book::key, alarm_shelf> shelves, unwritten;
  std::set<std::string> came_keys;
  std::map<uuid, size_t> alerts;
  size_t shelved_alerts = 0, crashes = 0;

  explicit history(uint64_t seed) : random{seed} {
    for (int i = 0; i < 8; ++i)
      lives.push_back({numbered("t", i), numbered("unit-", i / 4)});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  alarm_transition next_of(life& x) {
    auto t = transition(x.sensor, ++x.number, x.stands ? transition_kind::cleared : transition_kind::reopened);
    t.condition = {{"main"}, {x.sensor}, {x.unit}, rule::limit};
    t.alarm = alarm_id_of(t.condition, start, 1);
    if (x.number == 1)
      t.kind = transition_kind::raised;
    x.stands = !x.stands;
    t.pages = x.stands;
    t.at = world.now;
    t.fresh = true;
    if (any(4) == 0)
      t.level = severity::critical;
    return t;
  }

  void step_of(life& x) {
    all.push_back(next_of(x));
    world.take(all.back());
  }

  bool covered(const condition_key& x) const {
    for (const auto* each : {&shelves, &unwritten})
      for (const auto& [which, shelf] : *each)
        if (world.now < shelf.until && shelf.covers(x))
          return true;
    return false;
  }

  alarm_shelf any_shelf() {
    auto& life = lives[any(lives.size())];
    switch (any(3)) {
    case 0:
      return shelf_of_sensor({"main"}, {life.sensor});
    case 1:
      return shelf_of_unit({"main"}, {life.unit});
    default: {
      auto t = transition(life.sensor, 1, transition_kind::raised);
      t.condition = {{"main"}, {life.sensor}, {life.unit}, rule::limit};
      t.alarm = alarm_id_of(t.condition, start, 1);
      return shelf_of_alarm(t);
    }
    }
  }

  // A command that has returned is on disk.
  void shelve() {
    auto x = any_shelf();
    x.since = world.now;
    x.until = world.now + milliseconds{1 + any(7'200'000)};
    x.by = "anna";
    x.reason = "seed";
    world.shelve(x);
    world.write();
    shelves[{x.what, x.of}] = x;
  }

  void unshelve() {
    const auto x = any_shelf();
    world.unshelve(x);
    world.write();
    shelves.erase({x.what, x.of});
  }

  void came(const page& x) {
    const bool over = ends_alarm(x);
    const auto name = [&](const uuid& alarm, const condition_key& condition, bool ended) {
      const auto* record = world.book->find(alarm);
      // Nothing but ends goes out of what is shelved.
      if (!ended && record && record->state == alarm_state::active) {
        CAPTURE(condition.sensor.text);
        CHECK_FALSE(covered(condition));
      }
    };
    if (x.digest)
      return;
    name(x.about.alarm, x.about.condition, over);
    const bool first = came_keys.insert(key_of(x)).second;
    if (x.kind == page_kind::alert && first) {
      ++alerts[x.about.alarm];
      shelved_alerts += x.about.reason.find("stands after it was shelved") != std::string::npos;
    }
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        if (any(4) == 0) {
          world.report(channel, order, delivery_outcome::retry, milliseconds{any(60'000)});
          continue;
        }
        came(order.what);
        if (any(8) == 0)
          return crash();
        world.report(channel, order, delivery_outcome::sent);
      }
  }

  void crash() {
    ++crashes;
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      switch (any(12)) {
      case 0:
      case 1:
        step_of(lives[any(lives.size())]);
        break;
      case 2:
        world.now += milliseconds{any(1'200'000)};
        break;
      case 3:
        world.now += milliseconds{any(4'000)};
        break;
      case 4:
        if (any(3) == 0)
          crash();
        break;
      case 5:
        if (any(3) == 0)
          shelve();
        break;
      case 6:
        if (any(6) == 0)
          unshelve();
        break;
      case 7:
        if (any(6) == 0 && world.book->size() > 0) {
          auto at = world.book->all().begin();
          std::advance(at, any(world.book->size()));
          if (!at->second->acknowledged) {
            world.acknowledge(at->first);
            world.write();
          }
        }
        break;
      case 8:
      case 9:
        world.write();
        break;
      default:
        world.write();
        deliver_some();
      }
  }

  void finish(milliseconds time) {
    for (const auto end = world.now + time; world.now < end; world.now += 60s)
      world.settle([&](const channel_name&, const page& x) {
        came(x);
        return delivery_outcome::sent;
      });
  }
};

} // namespace

TEST_CASE("whatever the schedule, what is shelved pages nobody, every shelf ends, and what stands then has been told") {
  size_t shelved = 0, crashes = 0;
  for (uint64_t seed = 1; seed <= random_runs(300); ++seed) {
    CAPTURE(seed);
    history h{seed};
    h.run(300);
    h.world.write();
    h.finish(3h);
    CHECK(h.world.book->shelves().empty());
    CHECK(h.world.journal.shelves.empty());
    CHECK(h.world.book->counts().shelved == 0);
    CHECK(h.world.journal.outbox[{"slack"}].empty());
    for (const auto& entry : h.world.book->all()) {
      const auto& id = entry.first;
      const auto& record = entry.second;
      CAPTURE(record->raise.condition.sensor.text);
      CAPTURE(record->explanation);
      CHECK_FALSE(record->shelved);
      const bool stands = record->state == alarm_state::active;
      if (stands && !record->acknowledged)
        CHECK(h.world.journal.marks.contains({{"slack"}, id}));
      if (!stands)
        CHECK_FALSE(h.world.journal.marks.contains({{"slack"}, id}));
    }
    shelved += h.shelved_alerts;
    crashes += h.crashes;
  }
  CHECK(shelved > random_runs(300));
  CHECK(crashes > random_runs(1000));
}

TEST_CASE("what stands when its shelf ends pages exactly once, wherever the node dies in between") {
  for (int dies = 0; dies < 40; ++dies) {
    CAPTURE(dies);
    outbox_world world{{{"slack"}}};
    int step = 0;
    std::set<std::string> keys;
    size_t alerts = 0;
    std::vector<alarm_transition> told;
    const auto perhaps_die = [&] {
      if (step++ != dies)
        return;
      world.load();
      for (const auto& each : told)
        world.take(each);
    };
    const auto go = [&] {
      world.write();
      perhaps_die();
      for (const auto& [channel, orders] : world.serve())
        for (const auto& order : orders.all) {
          if (keys.insert(receiver_key_of(order.what)).second)
            alerts += order.what.kind == page_kind::alert;
          perhaps_die();
          world.report(channel, order, delivery_outcome::sent);
        }
      perhaps_die();
    };
    auto shelf = shelf_of_sensor({"main"}, {"t1"});
    shelf.since = world.now;
    shelf.until = world.now + 1h;
    world.shelve(shelf);
    world.write();
    perhaps_die();
    told.push_back(raise("t1"));
    world.take(told.back());
    perhaps_die();
    go();
    CHECK(alerts == 0);
    world.now += 59min;
    go();
    CHECK(alerts == 0);
    world.now += 1min;
    world.pass();
    perhaps_die();
    for (int i = 0; i < 8; ++i) {
      go();
      world.now += 1min;
    }
    CHECK(alerts == 1);
    CHECK(world.book->shelves().empty());
  }
}

} // namespace shelf_schedule_test
