#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace group_schedule_test {

// Any schedule of storms, ends, acknowledgements, answers and crashes: what people must be able to rely on of groups.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct life {
  std::string sensor, unit, line;
  rule which{};
  uint32_t number = 0;
  bool stands = false;
};

struct storm {
  std::mt19937_64 random;
  outbox_world world{{{"slack"}}};
  std::vector<life> lives;
  std::vector<alarm_transition> all;
  std::map<std::string, std::set<std::string>> bytes_by_key;
  std::map<uuid, uint32_t> newest;
  /// Alarm -> keys of the pages that first named it.
  std::map<uuid, std::set<std::string>> told;
  std::set<uuid> heard;
  std::set<std::string> unnoted, unanswered;

  explicit storm(uint64_t seed) : random{seed} {
    for (int i = 0; i < 24; ++i)
      lives.push_back({numbered("t", i), i % 7 == 0 ? "" : numbered("unit-", i / 8), i < 16 ? "A" : "",
                       i % 5 == 0 ? rule::stale : rule::state});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void step_of(life& x) {
    x.stands = !x.stands;
    auto t = transition(x.sensor, ++x.number, transition_kind::cleared);
    t.condition = {{"main"}, {x.sensor}, {x.unit}, x.which};
    t.alarm = alarm_id_of(t.condition, start, 1);
    if (x.stands)
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
    t.pages = x.stands;
    t.at = world.now;
    t.fresh = any(2) == 0;
    t.evidence.line = x.line;
    t.level = severity::medium;
    all.push_back(t);
    world.take(t);
  }

  void came(const page& x) {
    std::string body;
    append_json(body, x);
    bytes_by_key[receiver_key_of(x)].insert(body);
    if (x.digest) {
      for (const auto& each : x.digest->members) {
        name(each.alarm, x);
        if (const auto* record = world.book->find(each.alarm); record && record->members)
          heard.insert(record->members->begin(), record->members->end());
      }
      return;
    }
    auto& number = newest[x.about.alarm];
    CHECK((x.about.number > number || (unanswered.contains(key_of(x)) && number == x.about.number)));
    number = std::max(number, x.about.number);
    if (x.kind != page_kind::alert)
      return;
    heard.insert(x.about.alarm);
    if (x.members)
      heard.insert(x.members->begin(), x.members->end());
    name(x.about.alarm, x);
    if (x.members)
      for (const auto& each : *x.members)
        name(each, x);
  }

  void name(const uuid& alarm, const page& x) {
    heard.insert(alarm);
    auto& keys = told[alarm];
    // A group names all of its alarms each time.
    keys.insert(x.members ? to_string(x.about.alarm) : key_of(x));
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        if (any(4) == 0) {
          world.report(channel, order, delivery_outcome::retry, milliseconds{any(60'000)});
          continue;
        }
        came(order.what);
        unnoted.insert(key_of(order.what));
        if (any(8) == 0)
          return crash();
        world.report(channel, order, delivery_outcome::sent);
      }
  }

  // Owners repeat what they have not been told is on disk: here all.
  void crash() {
    unanswered.merge(unnoted);
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      switch (any(10)) {
      case 0:
      case 1:
        for (auto count = 1 + any(6); count > 0; --count)
          step_of(lives[any(lives.size())]);
        break;
      case 2:
        world.now += milliseconds{any(20'000)};
        break;
      case 3:
        world.now += milliseconds{any(4) == 0 ? any(400'000) : any(4'000)};
        break;
      case 4:
        if (any(3) == 0)
          crash();
        break;
      case 5:
        if (any(6) == 0 && world.book->size() > 0) {
          auto at = world.book->all().begin();
          std::advance(at, any(world.book->size()));
          if (!at->second->acknowledged)
            world.acknowledge(at->first);
        }
        break;
      case 6:
      case 7:
        world.write();
        unnoted.clear();
        break;
      default:
        deliver_some();
      }
  }

  void finish(milliseconds time) {
    for (const auto end = world.now + time; world.now < end; world.now += 30s)
      world.settle([&](const channel_name&, const page& x) {
        came(x);
        return delivery_outcome::sent;
      });
  }
};

} // namespace

TEST_CASE(
    "whatever the schedule, a storm's alarms are told once each, by themselves or in a group, and its end is told") {
  size_t groups = 0, updates = 0;
  for (uint64_t seed = 1; seed <= random_runs(300); ++seed) {
    CAPTURE(seed);
    storm s{seed};
    s.run(300);
    s.world.write();
    s.finish(20min);
    CHECK(s.world.book->held() == 0);
    CHECK(s.world.journal.outbox[{"slack"}].empty());
    for (const auto& entry : s.world.book->all()) {
      const auto& id = entry.first;
      const auto& record = entry.second;
      CAPTURE(record->raise.condition.sensor.text);
      CAPTURE(record->explanation);
      if (record->members) {
        ++groups;
        updates += record->latest.number > 1;
        const bool stands = std::any_of(record->members->begin(), record->members->end(), [&](const auto& each) {
          return s.world.book->find(each)->state == alarm_state::active && s.world.book->find(each)->group == id;
        });
        CHECK(stands == (record->state == alarm_state::active));
        CHECK(s.world.journal.marks.contains({{"slack"}, id}) == stands);
        continue;
      }
      // Told, or somebody knew already; what its owner has only told of is over.
      const bool known = record->acknowledged || record->explanation.starts_with("not paged: acknowledged");
      CHECK((s.heard.contains(id) || known));
      CHECK(!record->group_waits);
      if (const auto at = s.told.find(id); at != s.told.end() && s.unanswered.empty())
        CHECK(at->second.size() <= 1);
    }
    for (const auto& sent : s.bytes_by_key)
      CHECK_MESSAGE(sent.second.size() == 1, sent.first);
  }
  CHECK(groups > random_runs(200));
  CHECK(updates > random_runs(100));
}

TEST_CASE("the same transitions at the same times are the same pages, whatever is looked at in between") {
  const auto keys = [](bool often) {
    storm s{7};
    std::vector<std::string> out;
    for (int i = 0; i < 400; ++i) {
      s.step_of(s.lives[s.any(s.lives.size())]);
      const auto until = s.world.now + milliseconds{s.any(15'000)};
      while (s.world.now < until) {
        const auto due = s.world.book->due(s.world.now);
        s.world.now = std::min(until, often ? std::min(due, s.world.now + 500ms) : std::max(due, s.world.now));
        if (s.world.book->due(s.world.now) <= s.world.now)
          for (const auto& each : s.world.book->pass(s.world.now))
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

} // namespace group_schedule_test
