#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace delivery_schedule_test {

// Any schedule of alarms, answers, crashes and pauses: what people must be able to rely on holds in each.

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

struct schedule {
  std::mt19937_64 random;
  outbox_world world{{{"slack"}, {"sms"}}};
  std::vector<life> lives;
  std::map<std::string, std::set<std::string>> bytes_by_key;
  std::map<channel_name, std::map<uuid, uint32_t>> newest;
  /// Singly; and in vain, so that nobody knows whether the receiver has it.
  std::map<channel_name, std::set<uuid>> told_singly, tried;
  std::map<channel_name, bool> dead;
  /// A receiver's answer may be lost with the node that waits for it: then the page may come again; where it is old
  /// news by then, told late.
  std::set<std::string> unnoted, unanswered;
  std::vector<alarm_transition> all;

  explicit schedule(uint64_t seed) : random{seed} {
    for (int i = 0; i < 6; ++i)
      lives.push_back({numbered("t", i)});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void step_of(life& x) {
    auto t = transition(x.sensor, ++x.number, transition_kind::raised);
    t.at = world.now - milliseconds{any(4) == 0 ? any(40 * 60'000) : any(60'000)};
    t.fresh = any(3) == 0;
    t.level = x.level;
    if (!x.stands) {
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
      t.pages = true;
      x.stands = true;
    } else if (any(3) == 0 && x.level < severity::critical) {
      x.level = t.level = severity::critical;
      t.kind = transition_kind::updated;
      t.pages = true;
    } else {
      t.kind = transition_kind::cleared;
      t.pages = false;
      x.stands = false;
      x.level = severity::high;
    }
    t.priority = t.level == severity::critical ? 90 : 60;
    all.push_back(t);
    world.take(t);
  }

  void came(const channel_name& channel, const page& x) {
    std::string body;
    append_json(body, x);
    bytes_by_key[receiver_key_of(x)].insert(body);
    if (x.digest)
      return;
    auto& number = newest[channel][x.about.alarm];
    const bool repeat = unanswered.contains(key_of(x)) && number == x.about.number;
    CHECK_MESSAGE((x.about.number > number || repeat), x.about.condition.sensor.text, " went from ", number, " to ",
                  x.about.number);
    number = std::max(number, x.about.number);
    if (ends_alarm(x))
      CHECK((told_singly[channel].contains(x.about.alarm) || tried[channel].contains(x.about.alarm)));
    told_singly[channel].insert(x.about.alarm);
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        const auto dice = dead[channel] ? 5 + any(5) : any(10);
        if (dice < 4) {
          came(channel, order.what);
          world.came.emplace_back(channel, order.what);
          unnoted.insert(key_of(order.what));
          if (any(8) == 0) {
            crash();
            return;
          }
          world.report(channel, order, delivery_outcome::sent);
        } else if (dice < 5) {
          world.report(channel, order, delivery_outcome::refused_page);
        } else if (dice < 7) {
          tried[channel].insert(order.what.about.alarm);
          world.report(channel, order, delivery_outcome::refused_channel, milliseconds{any(60'000)});
        } else {
          tried[channel].insert(order.what.about.alarm);
          world.report(channel, order, delivery_outcome::retry, milliseconds{any(60'000)});
        }
      }
  }

  void check_waiting() {
    for (const auto& [channel, waiting] : world.journal.outbox) {
      std::map<uuid, int> pages, ends;
      for (const auto& [place, entry] : waiting)
        if (entry.what.kind != page_kind::digest)
          ++(ends_alarm(entry.what) ? ends : pages)[entry.what.about.alarm];
      for (const auto& [alarm, count] : pages)
        CHECK(count == 1);
      for (const auto& [alarm, count] : ends)
        CHECK(count == 1);
    }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
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
        if (any(20) == 0)
          world.now += milliseconds{any(30 * 3'600'000)};
        break;
      case 5:
        if (any(4) == 0)
          crash();
        break;
      case 6:
        dead[any(2) == 0 ? channel_name{"slack"} : channel_name{"sms"}] = any(2) == 0;
        break;
      case 7:
      case 8:
        world.write();
        unnoted.clear();
        check_waiting();
        break;
      default:
        deliver_some();
      }
    }
  }

  // Owners repeat what they have not been told is on disk: here all.
  void crash() {
    // The node may die between the answer and its note of it.
    unanswered.merge(unnoted);
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void finish() {
    for (int minute = 0; minute < 30; ++minute, world.now += 1min)
      world.settle([&](const channel_name& channel, const page& x) {
        came(channel, x);
        return delivery_outcome::sent;
      });
  }
};

} // namespace

TEST_CASE("whatever the schedule, pages of an alarm come in order, no alarm goes untold, and a key has one text") {
  for (uint64_t seed = 1; seed <= random_runs(400); ++seed) {
    CAPTURE(seed);
    schedule s{seed};
    s.run(300);
    s.world.write();
    s.finish();
    // What the book knows at the end, each channel has been told, by itself or among others.
    for (const auto* channel : {"slack", "sms"}) {
      CAPTURE(channel);
      CHECK(s.world.journal.outbox[{channel}].empty());
      std::map<uuid, bool> told;
      for (const auto& [to, x] : s.world.came)
        if (to.text == channel) {
          if (x.digest)
            for (const auto& each : x.digest->members)
              told.try_emplace(each.alarm, true);
          else
            told.try_emplace(x.about.alarm, true);
        }
      for (const auto& each : s.lives) {
        const auto id = raise(each.sensor).alarm;
        const auto* record = s.world.book->find(id);
        if (!record)
          continue;
        CAPTURE(each.sensor);
        // What is over, and was refused twice, is left alone.
        const bool refused = std::any_of(s.world.news.begin(), s.world.news.end(), [&](const auto& news) {
          return news.what == channel_news::kind::given_up && news.channel.text == channel;
        });
        CHECK((told[id] || (refused && record->state != alarm_state::active)));
        CHECK(s.world.journal.marks.contains({{channel}, id}) == (record->state == alarm_state::active));
      }
    }
    for (const auto& sent : s.bytes_by_key)
      CHECK_MESSAGE(sent.second.size() == 1, sent.first);
    for (const auto& [channel, digests] : s.world.journal.digests)
      CHECK(digests <= s.world.now);
  }
}

} // namespace delivery_schedule_test
