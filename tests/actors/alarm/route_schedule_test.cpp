#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace route_schedule_test {

// Any schedule of alarms, shifts, changes of the routes, answers and crashes: whoever was told of an alarm is told of
// its end, and nobody else; and it was told to those whom the routes of that time name.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct life {
  std::string sensor;
  uint32_t number = 0;
  bool stands = false;
  severity level = severity::high;
};

const std::vector<channel_name> everybody{{"slack"}, {"sms"}, {"log"}};

struct routed_schedule {
  std::mt19937_64 random;
  outbox_world world{everybody};
  std::vector<life> lives;
  std::vector<alarm_transition> all;
  std::map<channel_name, std::set<uuid>> told, ended;

  explicit routed_schedule(uint64_t seed) : random{seed} {
    for (int i = 0; i < 5; ++i)
      lives.push_back({numbered("t", i)});
    auto& of = world.calendars["site"];
    for (int hour = 0; hour < 24; ++hour) {
      shift_span span;
      span.from = std::chrono::hours{hour};
      span.to = std::chrono::hours{hour + 1};
      of.shifts[hour % 2 == 0 ? "even" : "odd"].push_back(span);
    }
    change_routes();
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void change_routes() {
    world.ways.clear();
    for (uint64_t i = any(4); i > 0; --i) {
      alarm_route each;
      each.name = numbered("r", static_cast<int>(i));
      each.channels = {everybody[any(everybody.size())]};
      each.goes_on = any(3) == 0;
      if (any(2) == 0)
        each.match.shifts = {{"site", any(2) == 0 ? "even" : "odd"}};
      if (any(3) == 0)
        each.match.level = severity::critical;
      world.ways.push_back(each);
    }
    crash();
  }

  void step_of(life& x) {
    auto t = transition(x.sensor, ++x.number, transition_kind::raised);
    t.at = world.now;
    t.level = x.level;
    t.pages = true;
    if (!x.stands) {
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
      x.stands = true;
    } else if (any(3) == 0 && x.level < severity::critical) {
      x.level = t.level = severity::critical;
      t.kind = transition_kind::updated;
    } else {
      t.kind = transition_kind::cleared;
      t.pages = false;
      x.stands = false;
      x.level = severity::high;
    }
    all.push_back(t);
    const auto chosen = routes{everybody, world.ways, world.calendars}.choose(t, world.now).channels();
    const auto* before = world.book->find(t.alarm);
    const auto known = before ? before->paged_to : std::vector<channel_name>{};
    world.take(t);
    const auto& record = *world.book->find(t.alarm);
    const bool pages = record.explanation.starts_with("paged ");
    for (const auto& each : record.paged_to)
      CHECK((std::find(known.begin(), known.end(), each) != known.end() ||
             (pages && std::find(chosen.begin(), chosen.end(), each) != chosen.end())));
    if (pages)
      for (const auto& each : chosen)
        CHECK(std::find(record.paged_to.begin(), record.paged_to.end(), each) != record.paged_to.end());
  }

  delivery_outcome came(const channel_name& channel, const page& x) {
    if (any(4) == 0)
      return delivery_outcome::retry;
    const auto hears = [&](const uuid& alarm, bool stands) {
      told[channel].insert(alarm);
      if (stands)
        ended[channel].erase(alarm);
      else
        ended[channel].insert(alarm);
    };
    if (x.digest)
      for (const auto& each : x.digest->members) {
        const auto* record = world.book->find(each.alarm);
        hears(each.alarm, record && record->state == alarm_state::active);
      }
    else {
      if (ends_alarm(x))
        CHECK(told[channel].contains(x.about.alarm));
      hears(x.about.alarm, !ends_alarm(x));
    }
    return delivery_outcome::sent;
  }

  void settle() {
    world.settle([&](const channel_name& channel, const page& x) { return came(channel, x); });
  }

  void crash() {
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (any(10)) {
      case 0:
      case 1:
      case 2:
        step_of(lives[any(lives.size())]);
        break;
      case 3:
      case 4:
        world.now += milliseconds{any(20 * 60'000)};
        break;
      case 5:
        if (any(3) == 0)
          crash();
        break;
      case 6:
        if (any(4) == 0)
          change_routes();
        break;
      default:
        settle();
      }
    }
    for (int minute = 0; minute < 40; ++minute, world.now += 1min)
      settle();
  }
};

} // namespace

TEST_CASE(
    "whatever the shifts and whenever routes change, who was told of an alarm is told of its end, and nobody else") {
  for (uint64_t seed = 1; seed <= random_runs(300); ++seed) {
    CAPTURE(seed);
    routed_schedule s{seed};
    s.run(200);
    for (const auto& each : s.lives) {
      const auto id = raise(each.sensor).alarm;
      const auto* record = s.world.book->find(id);
      if (!record)
        continue;
      CAPTURE(each.sensor);
      CHECK_FALSE(record->paged_to.empty());
      for (const auto& channel : everybody) {
        CAPTURE(channel.text);
        const bool paged =
            std::find(record->paged_to.begin(), record->paged_to.end(), channel) != record->paged_to.end();
        if (s.told[channel].contains(id))
          CHECK(paged);
        const bool stands = record->state == alarm_state::active;
        CHECK(s.world.journal.marks.contains({channel, id}) == (stands && s.told[channel].contains(id)));
        if (!stands && s.told[channel].contains(id))
          CHECK(s.ended[channel].contains(id));
        if (stands && paged)
          CHECK(s.told[channel].contains(id));
      }
    }
  }
}

} // namespace route_schedule_test
