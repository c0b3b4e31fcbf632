#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace first_out_schedule_test {

// Any schedule of alarms of some units, rises, ends, acknowledgements, shelves, answers and crashes: what people must
// be able to rely on of alarms that stand behind a first one.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr rule rules[] = {rule::limit, rule::limit, rule::rate, rule::range, rule::z};

struct life {
  std::string sensor, unit;
  rule which{};
  uint32_t number = 0, raises = 0;
  bool stands = false;
  severity level{}, paged{};
  event_time raised{};
};

struct history {
  std::mt19937_64 random;
  outbox_world world{{{"slack"}}};
  std::vector<life> lives;
  std::vector<alarm_transition> all;
  /// Alarm -> the highest severity of an alert of its own that came; those that a message named, and by which.
  std::map<uuid, severity> alone;
  std::map<uuid, std::set<uuid>> named;
  std::set<uuid> heard;
  std::set<std::string> keys;
  std::map<std::string, std::set<std::string>> bytes_by_key;
  std::set<uuid> answered_for;
  size_t crashes = 0, followed = 0, promoted = 0;

  explicit history(uint64_t seed) : random{seed} {
    world.book_limits.first_out.within = 10min;
    world.load();
    for (int i = 0; i < 18; ++i)
      lives.push_back({numbered("t", i), i % 9 == 0 ? "" : numbered("unit-", i / 6), rules[i % 5]});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  alarm_transition step_of(life& x, transition_kind kind) {
    auto t = transition(x.sensor, ++x.number, kind);
    t.condition = {{"main"}, {x.sensor}, {x.unit}, x.which};
    t.raised_at = x.raised;
    t.alarm = alarm_id_of(t.condition, x.raised, x.raises);
    t.at = world.now;
    t.level = x.level;
    t.was = kind == transition_kind::raised ? severity::normal : x.paged;
    t.fresh = true;
    t.pages = false;
    t.onset = never;
    return t;
  }

  void take(alarm_transition t) {
    all.push_back(t);
    world.take(t);
    critical_is_told(t);
  }

  void turn(life& x) {
    if (x.stands) {
      x.stands = false;
      take(step_of(x, transition_kind::cleared));
      return;
    }
    const bool again = x.number > 0 && any(2) == 0;
    x.stands = true;
    x.level = any(8) == 0 ? severity::critical : any(2) == 0 ? severity::high : severity::medium;
    if (!again) {
      x.number = 0;
      ++x.raises;
      x.raised = world.now;
      x.paged = severity::normal;
    }
    auto t = step_of(x, again ? transition_kind::reopened : transition_kind::raised);
    t.onset = world.now - milliseconds{any(3) == 0 ? any(60'000) : 0};
    t.pages = x.level > x.paged;
    x.paged = std::max(x.paged, x.level);
    take(t);
  }

  void rise(life& x) {
    if (!x.stands || x.level == severity::critical)
      return;
    x.level = static_cast<severity>(static_cast<int>(x.level) + 1);
    auto t = step_of(x, transition_kind::updated);
    t.pages = x.level > x.paged;
    x.paged = std::max(x.paged, x.level);
    take(t);
    if (t.pages && world.book->find(t.alarm)->state == alarm_state::active)
      CHECK_FALSE(world.book->find(t.alarm)->unnamed_child());
  }

  // Whatever stands at the unit: it waits for nobody.
  void critical_is_told(const alarm_transition& t) {
    if (t.level == severity::critical && t.pages && !ends_alarm(t.kind))
      CHECK_FALSE(world.book->find(t.alarm)->held);
  }

  void came(const page& x) {
    std::string body;
    append_json(body, x);
    bytes_by_key[receiver_key_of(x)].insert(body);
    const bool first = keys.insert(key_of(x)).second;
    // What was over before it came is told with its end.
    if (x.members)
      heard.insert(x.members->begin(), x.members->end());
    if (x.digest)
      for (const auto& each : x.digest->members)
        if (const auto* record = world.book->find(each.alarm)) {
          heard.insert(each.alarm);
          if (record->members)
            heard.insert(record->members->begin(), record->members->end());
        }
    if (x.kind != page_kind::alert || x.digest)
      return;
    if (!x.members) {
      auto& level = alone[x.about.alarm];
      level = std::max(level, x.about.level);
      promoted += first && world.book->find(x.about.alarm)->explanation.find("it stood behind") != std::string::npos;
      return;
    }
    followed += first;
    for (const auto& each : *x.members)
      named[each].insert(x.about.alarm);
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        if (any(6) == 0) {
          world.report(channel, order, delivery_outcome::retry, milliseconds{any(20'000)});
          continue;
        }
        came(order.what);
        if (any(8) == 0)
          return crash();
        world.report(channel, order, delivery_outcome::sent);
      }
  }

  // Owners repeat what they have not been told is on disk: here all.
  void crash() {
    ++crashes;
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void shelve_one() {
    const auto& life = lives[any(lives.size())];
    auto x = shelf_of_sensor({"main"}, {life.sensor});
    x.since = world.now;
    x.until = world.now + milliseconds{1 + any(600'000)};
    world.shelve(x);
    world.write();
  }

  void answer_one() {
    if (world.book->size() == 0)
      return;
    auto at = world.book->all().begin();
    std::advance(at, any(world.book->size()));
    if (at->second->acknowledged)
      return;
    const auto id = at->first;
    const auto members = at->second->members;
    world.acknowledge(id);
    world.write();
    answered_for.insert(id);
    if (members)
      for (const auto& each : *members)
        if (world.book->find(each)->group == id) {
          CHECK(world.book->find(each)->acknowledged);
          answered_for.insert(each);
        }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      switch (any(13)) {
      case 0:
      case 1:
        for (auto count = 1 + any(4); count > 0; --count)
          turn(lives[any(lives.size())]);
        break;
      case 2:
        rise(lives[any(lives.size())]);
        break;
      case 3:
        world.now += milliseconds{any(12'000)};
        break;
      case 4:
        world.now += milliseconds{any(4) == 0 ? any(400'000) : any(3'000)};
        break;
      case 5:
        if (any(3) == 0)
          crash();
        break;
      case 6:
        if (any(3) == 0)
          answer_one();
        break;
      case 7:
        if (any(8) == 0)
          shelve_one();
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
    for (const auto end = world.now + time; world.now < end; world.now += 5s)
      world.settle([&](const channel_name&, const page& x) {
        came(x);
        return delivery_outcome::sent;
      });
  }
};

} // namespace

TEST_CASE("whatever the schedule, no child is lost: each is named, pages, is acknowledged or was shelved") {
  size_t followed = 0, promoted = 0, crashes = 0;
  for (uint64_t seed = 1; seed <= random_runs(300); ++seed) {
    CAPTURE(seed);
    history h{seed};
    h.run(300);
    h.world.write();
    h.finish(20min);
    CHECK(h.world.book->unnamed_children() == 0);
    CHECK(h.world.journal.outbox[{"slack"}].empty());
    for (const auto& entry : h.world.book->all()) {
      const auto& id = entry.first;
      const auto& record = *entry.second;
      CAPTURE(record.raise.condition.sensor.text);
      CAPTURE(record.explanation);
      if (record.members) {
        const bool stands = std::any_of(record.members->begin(), record.members->end(), [&](const auto& each) {
          return h.world.book->find(each)->state == alarm_state::active && h.world.book->find(each)->group == id;
        });
        CHECK(stands == (record.state == alarm_state::active));
        CHECK(record.is_child());
        continue;
      }
      const bool stands = record.state == alarm_state::active;
      const bool told = h.alone.contains(id) || h.named.contains(id) || h.heard.contains(id);
      const bool shelved = std::any_of(record.remarks.begin(), record.remarks.end(),
                                       [](const auto& each) { return each.what == alarm_remark::kind::shelved; });
      const bool by_people = record.acknowledged || h.answered_for.contains(id) || shelved ||
                             record.explanation.find("shelved") != std::string::npos;
      CHECK((told || by_people));
      // None is told twice by messages of that kind.
      if (h.named.contains(id) && !shelved && record.remarks.empty())
        CHECK(h.named.at(id).size() == 1);
      if (stands && !record.acknowledged && !record.shelved && told)
        CHECK((h.world.journal.marks.contains({{"slack"}, id}) ||
               h.world.journal.marks.contains({{"slack"}, record.group})));
    }
    for (const auto& sent : h.bytes_by_key)
      CHECK_MESSAGE(sent.second.size() == 1, sent.first);
    followed += h.followed;
    promoted += h.promoted;
    crashes += h.crashes;
  }
  CHECK(followed > random_runs(300));
  CHECK(promoted > random_runs(100));
  CHECK(crashes > random_runs(1000));
}

TEST_CASE("a first alarm and its children are told once each, wherever the node dies in between") {
  for (int dies = 0; dies < 60; ++dies) {
    CAPTURE(dies);
    outbox_world world{{{"slack"}}};
    world.book_limits.first_out.within = 10min;
    world.load();
    int step = 0;
    std::vector<alarm_transition> told;
    std::map<std::string, size_t> came;
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
          ++came[receiver_key_of(order.what)];
          perhaps_die();
          world.report(channel, order, delivery_outcome::sent);
        }
      perhaps_die();
    };
    const auto begin = [&](const std::string& sensor) {
      auto x = raise(sensor);
      x.onset = x.at = world.now;
      x.fresh = true;
      told.push_back(x);
      world.take(x);
      perhaps_die();
      go();
    };
    begin("t0");
    begin("t1");
    begin("t2");
    for (int i = 0; i < 12; ++i) {
      world.now += 1s;
      go();
    }
    world.acknowledge(told[0].alarm);
    world.write();
    begin("t3");
    for (int i = 0; i < 4; ++i)
      go();
    // The first, one message of two, and who is first behind the acknowledgement.
    CHECK(came.size() == 3);
    for (const auto& each : told)
      CHECK(world.book->find(each.alarm)->state == alarm_state::active);
    CHECK(world.book->find(told[1].alarm)->group == world.book->find(told[2].alarm)->group);
    CHECK(world.book->find(told[3].alarm)->child_of == uuid{});
  }
}

TEST_CASE("the same transitions at the same times are the same children and pages, whatever is looked at in between") {
  const auto keys = [](bool often) {
    history h{7};
    std::vector<std::string> out;
    for (int i = 0; i < 400; ++i) {
      h.turn(h.lives[h.any(h.lives.size())]);
      const auto until = h.world.now + milliseconds{h.any(15'000)};
      while (h.world.now < until) {
        const auto due = h.world.book->due(h.world.now);
        h.world.now = std::min(until, often ? std::min(due, h.world.now + 500ms) : std::max(due, h.world.now));
        if (h.world.book->due(h.world.now) <= h.world.now)
          for (const auto& each : h.world.book->pass(h.world.now))
            for (const auto& page : each.pages)
              out.push_back(key_of(page));
      }
    }
    return out;
  };
  const auto one = keys(true), other = keys(false);
  CHECK(one.size() > 20);
  CHECK(one == other);
}

} // namespace first_out_schedule_test
