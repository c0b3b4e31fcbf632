#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace agreement_schedule_test {

// Any schedule of alarms that reopen without paging anew, of answers, crashes, a journal that fails and channels that
// come and go: in the end what a channel was told last is how it is.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct life {
  std::string sensor;
  uint32_t number = 0;
  bool stands = false;
  severity level = severity::high, paged = severity::normal;
};

struct told_last {
  bool stands = false;
  /// Of the newest page of its own.
  uint32_t number = 0;
  /// What it was told last was lost with its node, and then it left.
  bool doubtful = false;
};

struct schedule {
  std::mt19937_64 random;
  std::vector<channel_name> channels{{"slack"}, {"sms"}};
  outbox_world world{channels};
  bool channels_change = false, journal_fails = false, failing = false;
  std::vector<life> lives;
  std::map<channel_name, bool> dead;
  std::vector<alarm_transition> all;
  std::map<channel_name, std::map<uuid, told_last>> told;
  std::map<channel_name, std::set<std::string>> keys;
  /// Sent, and not noted on disk: a crash brings it again.
  std::map<std::string, page> unnoted;
  std::set<std::string> may_repeat;
  std::map<channel_name, std::set<uuid>> unsure;

  explicit schedule(uint64_t seed) : random{seed} {
    channels_change = seed % 2 == 0;
    journal_fails = seed % 3 == 0;
    for (int i = 0; i < 5; ++i)
      lives.push_back({numbered("t", i)});
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void step_of(life& x) {
    auto t = transition(x.sensor, ++x.number, transition_kind::raised);
    t.at = world.now - milliseconds{any(4) == 0 ? any(40 * 60'000) : any(60'000)};
    t.fresh = any(3) == 0;
    t.pages = false;
    if (!x.stands) {
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
      // As owners do: what has been paged is not paged again.
      t.pages = x.level > x.paged;
      x.stands = true;
    } else if (any(3) == 0 && x.level < severity::critical) {
      x.level = severity::critical;
      t.kind = transition_kind::updated;
      t.pages = true;
    } else {
      t.kind = transition_kind::cleared;
      x.stands = false;
      x.level = severity::high;
    }
    t.level = x.level;
    if (t.pages)
      x.paged = x.level;
    t.priority = t.level == severity::critical ? 90 : 60;
    all.push_back(t);
    world.take(t);
  }

  void came(const channel_name& channel, const page& x) {
    const auto key = key_of(x);
    CHECK_MESSAGE((keys[channel].insert(key).second || may_repeat.contains(key)), key, " came twice");
    unnoted.emplace(key, x);
    auto& known = told[channel];
    bool lost = false;
    for (const auto& each : alarms_of(x)) {
      lost = unsure[channel].erase(each) > 0;
      known[each].doubtful = false;
    }
    if (!x.digest) {
      auto& last = known[x.about.alarm];
      CHECK_MESSAGE((x.about.number > last.number || may_repeat.contains(key) || x.again > 0 || lost), channel.text,
                    ": ", x.about.condition.sensor.text, " went from ", last.number, " to ", x.about.number);
      last = {!ends_alarm(x), std::max(last.number, x.about.number)};
      return;
    }
    for (const auto* lines : {&x.digest->critical, &x.digest->others})
      for (const auto& each : *lines)
        known[each.alarm].stands = each.stands;
  }

  void deliver_some() {
    if (failing)
      world.desk->release();
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        const auto dice = dead[channel] ? 5 + any(5) : any(10);
        if (dice < 4) {
          came(channel, order.what);
          if (any(10) == 0) {
            crash();
            return;
          }
          world.report(channel, order, delivery_outcome::sent);
        } else if (dice < 5 && any(3) == 0) {
          world.report(channel, order, delivery_outcome::refused_page);
        } else if (dice < 7) {
          world.report(channel, order, delivery_outcome::refused_channel, milliseconds{any(60'000)});
        } else {
          world.report(channel, order, delivery_outcome::retry, milliseconds{any(60'000)});
        }
      }
  }

  void write() {
    if (!failing) {
      world.write();
      unnoted.clear();
      return;
    }
    world.work.begin();
    world.work.refused("full");
    world.work.pause_is_over();
    world.desk->release();
  }

  // Owners repeat what they have not been told is on disk: here all.
  void crash() {
    failing = false;
    lose_notes();
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  /// The node dies; of what came and is not noted it cannot know that it came.
  void lose_notes() {
    for (const auto& [key, x] : unnoted) {
      may_repeat.insert(key);
      for (const auto& each : alarms_of(x))
        unsure[x.channel].insert(each);
    }
    unnoted.clear();
  }

  static std::vector<uuid> alarms_of(const page& x) {
    if (!x.digest)
      return {x.about.alarm};
    std::vector<uuid> out;
    for (const auto& each : x.digest->members)
      out.push_back(each.alarm);
    return out;
  }

  void change_channels() {
    static const std::vector<std::vector<channel_name>> ways{{{"slack"}, {"sms"}}, {{"slack"}}, {{"sms"}}};
    failing = false;
    lose_notes();
    channels = ways[any(ways.size())];
    // It came, its node died before it could note that, and its channel left: who heard what nobody can know.
    for (auto& [channel, alarms] : unsure)
      if (std::find(channels.begin(), channels.end(), channel) == channels.end())
        for (const auto& each : std::exchange(alarms, {}))
          told[channel][each].doubtful = true;
    world.configure(channels);
    for (const auto& each : all)
      world.take(each);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (any(13)) {
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
          world.now += milliseconds{any(3 * 3'600'000)};
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
        write();
        break;
      case 9:
        if (journal_fails && any(6) == 0)
          failing = !failing;
        break;
      case 10:
        if (channels_change && any(30) == 0)
          change_channels();
        break;
      default:
        deliver_some();
      }
    }
  }

  void finish() {
    failing = false;
    dead.clear();
    for (int minute = 0; minute < 40; ++minute, world.now += 1min)
      for (int quiet = 0; quiet < 2;) {
        write();
        const auto hands = world.serve();
        quiet = hands.empty() && !world.work.next().need_disk() ? quiet + 1 : 0;
        for (const auto& [channel, orders] : hands)
          for (const auto& order : orders.all) {
            came(channel, order.what);
            world.report(channel, order, delivery_outcome::sent);
          }
      }
  }

  void check() {
    for (const auto& channel : channels) {
      CAPTURE(channel.text);
      CHECK(world.journal.outbox[channel].empty());
      const bool gave_up = std::any_of(world.news.begin(), world.news.end(), [&](const auto& news) {
        return news.what == channel_news::kind::given_up && news.channel == channel;
      });
      for (const auto& each : lives) {
        const auto id = raise(each.sensor).alarm;
        const auto* record = world.book->find(id);
        if (!record)
          continue;
        const auto last = told[channel].find(id);
        const bool heard = last != told[channel].end();
        if (heard && last->second.doubtful)
          continue;
        CAPTURE(each.sensor);
        CAPTURE(record->explanation);
        CHECK((record->state == alarm_state::active) == each.stands);
        const auto& to = record->paged_to;
        const bool concerned = std::find(to.begin(), to.end(), channel) != to.end();
        // Somebody who is there hears of every alarm that stands; of one that is over, whoever has heard of it.
        if (each.stands) {
          CHECK(std::any_of(to.begin(), to.end(), [&](const auto& who) {
            return std::find(channels.begin(), channels.end(), who) != channels.end();
          }));
          CHECK(world.journal.marks.contains({channel, id}) == concerned);
          CHECK(heard == concerned);
          CHECK((!heard || last->second.stands));
        } else {
          CHECK_FALSE(world.journal.marks.contains({channel, id}));
          CHECK((!heard || gave_up || !last->second.stands));
          // What waited for a channel when it left the configuration is given up.
          CHECK((heard || gave_up || channels_change));
        }
      }
    }
  }
};

} // namespace

TEST_CASE("whatever the schedule, what a channel was told last of an alarm is whether it stands") {
  for (uint64_t seed = 1; seed <= random_runs(3000); ++seed) {
    CAPTURE(seed);
    schedule s{seed};
    s.run(200);
    s.finish();
    s.check();
  }
}

} // namespace agreement_schedule_test
