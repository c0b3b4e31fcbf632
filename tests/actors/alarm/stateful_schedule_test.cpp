#include "tests/actors/alarm/stateful_world.hpp"
#include "tests/random_runs.hpp"

#include <random>

namespace stateful_schedule_test {

// Any schedule of alarms, acknowledgements, answers, lost answers, crashes and pauses: a receiver of states ends with
// what the book says.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct life {
  std::string sensor;
  uint32_t number = 0;
  bool stands = false;
};

struct schedule {
  std::mt19937_64 random;
  outbox_world world{{{"pd"}, {"am"}, {"slack"}}, {}, 4, two_receivers()};
  std::map<channel_name, told_receiver> receivers;
  std::vector<life> lives;
  std::vector<alarm_transition> all;

  explicit schedule(uint64_t seed) : random{seed} {
    for (int i = 0; i < 8; ++i)
      lives.push_back({numbered("t", i)});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void step_of(life& x) {
    auto t = transition(x.sensor, ++x.number, transition_kind::raised);
    if (x.sensor > "t4") {
      t.condition.which = rule::stale;
      t.alarm = alarm_id_of(t.condition, start, 1);
    }
    t.at = world.now - milliseconds{any(3) == 0 ? any(40 * 60'000) : any(60'000)};
    t.fresh = any(2) == 0;
    t.level = any(4) == 0 ? severity::critical : any(2) == 0 ? severity::high : severity::medium;
    t.pages = true;
    if (!x.stands)
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
    else if (any(2) == 0)
      t.kind = transition_kind::updated;
    else
      t.kind = transition_kind::cleared;
    t.pages = t.kind != transition_kind::cleared;
    x.stands = t.pages;
    all.push_back(t);
    world.take(t);
  }

  void crash() {
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        const auto dice = any(10);
        const bool arrives = dice < 6 || dice == 9;
        if (arrives && channel.text != "slack")
          receivers[channel].hear(order.what);
        if (any(20) == 0)
          return crash();
        world.report(channel, order,
                     dice < 6   ? delivery_outcome::sent
                     : dice < 7 ? delivery_outcome::refused_page
                     : dice < 8 ? delivery_outcome::refused_channel
                                : delivery_outcome::retry,
                     milliseconds{any(60'000)});
      }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      switch (any(12)) {
      case 0:
      case 1:
      case 2:
        step_of(lives[any(lives.size())]);
        break;
      case 3:
        world.now += milliseconds{any(120'000)};
        break;
      case 4:
        if (any(10) == 0)
          world.now -= milliseconds{any(3'600'000)};
        break;
      case 5:
        if (any(6) == 0)
          crash();
        break;
      case 6:
        if (!all.empty())
          if (const auto& x = all[any(all.size())]; world.book->find(x.alarm))
            world.acknowledge(x.alarm);
        break;
      case 7:
      case 8:
        world.write();
        break;
      default:
        deliver_some();
      }
  }

  void finish() {
    for (int minute = 0; minute < 90; ++minute, world.now += 1min)
      world.settle([&](const channel_name& channel, const page& x) {
        if (channel.text != "slack")
          receivers[channel].hear(x);
        return delivery_outcome::sent;
      });
  }
};

bool concerns(const alarm_book& book, const alarm_record& record, const channel_name& channel) {
  const auto paged = [&](const alarm_record& x) {
    return std::find(x.paged_to.begin(), x.paged_to.end(), channel) != x.paged_to.end();
  };
  const auto* group = record.in_group() ? book.find(record.group) : nullptr;
  return paged(record) || (group && paged(*group));
}

} // namespace

TEST_CASE("whatever the schedule, a receiver of states ends with what stands, as it is, and with nothing else") {
  for (uint64_t seed = 1; seed <= random_runs(400); ++seed) {
    CAPTURE(seed);
    schedule s{seed};
    s.run(250);
    s.finish();
    const auto& book = *s.world.book;
    for (const auto* name : {"pd", "am"}) {
      CAPTURE(name);
      const channel_name channel{name};
      auto standing = s.receivers[channel].standing;
      for (const auto& [id, record] : book.all()) {
        if (record->members || record->state != alarm_state::active)
          continue;
        const auto sensor = record->raise.condition.sensor.text;
        CAPTURE(sensor);
        const auto at = standing.find(id);
        CHECK((at != standing.end()) == concerns(book, *record, channel));
        if (at == standing.end())
          continue;
        CHECK(at->second.level == record->latest.level);
        CHECK(at->second.number == record->latest.number);
        if (record->acknowledged)
          CHECK(at->second.acknowledged);
        // What is not told again would end by silence.
        if (channel.text == "am")
          CHECK(at->second.until > s.world.now);
        standing.erase(at);
      }
      CHECK(standing.empty());
      CHECK(s.world.desk->states_of(channel)->pending() == 0);
    }
    for (const auto& [which, mark] : s.world.journal.marks)
      if (which.first.text != "slack")
        CHECK(book.find(which.second)->state == alarm_state::active);
  }
}

} // namespace stateful_schedule_test
