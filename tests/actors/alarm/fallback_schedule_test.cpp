#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace fallback_schedule_test {

// Any schedule of alarms, answers and crashes over channels that stand in for each other, have a rate, and tell many
// pages at once in one message: what people must be able to rely on holds in each.

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

/// What a channel has heard of an alarm: the newest number, and what it was told under.
struct heard {
  uint32_t number = 0;
  std::set<std::string> keys;
};

const std::vector<std::string> names{"slack", "sms", "mail", "good"};
constexpr page_rate mail_rate{4, 60'000ms};

struct schedule {
  std::mt19937_64 random;
  std::map<std::string, std::mt19937_64> answers;
  outbox_world world{{{"slack"}, {"sms"}, {"mail"}, {"good"}}};
  std::vector<life> lives;
  std::map<std::string, std::set<std::string>> bytes_by_key;
  std::map<channel_name, std::map<uuid, heard>> known;
  /// In vain, so that nobody knows whether the receiver has it.
  std::map<channel_name, std::set<uuid>> tried;
  std::map<std::string, bool> dead;
  std::set<std::string> unnoted, unanswered;
  std::vector<alarm_transition> all;
  std::vector<event_time> mailed;
  /// What came over the channel that is always well, and when.
  std::vector<std::string> good;
  size_t seen = 0, fallbacks = 0, bundles = 0;
  bool all_well = false;

  explicit schedule(uint64_t seed, bool well) : random{seed}, all_well{well} {
    for (size_t i = 0; i < names.size(); ++i)
      answers[names[i]].seed(seed * 10 + i);
    for (int i = 0; i < 12; ++i)
      lives.push_back({numbered("t", i)});
    // Those of even sensors to one, of odd ones to another; all of them to the good one.
    world.routed = [](const page& x) {
      const bool even = (x.about.condition.sensor.text.back() - '0') % 2 == 0;
      return x.channel.text == "good" || x.channel.text == (even ? "slack" : "sms");
    };
    auto& terms = world.terms;
    for (const auto& name : {"slack", "sms", "mail"})
      terms[{name}].together_over = 3;
    terms[{"slack"}].fallback_after = terms[{"sms"}].fallback_after = terms[{"mail"}].fallback_after = 5min;
    terms[{"slack"}].fallback = {{"sms"}, {"mail"}};
    terms[{"sms"}].fallback = {{"mail"}};
    terms[{"mail"}].fallback = {{"slack"}};
    terms[{"mail"}].rate = mail_rate;
    world.load();
  }

  uint64_t any(uint64_t below) { return random() % below; }

  void step_of(life& x) {
    auto t = transition(x.sensor, ++x.number, transition_kind::raised);
    t.at = world.now;
    t.fresh = true;
    t.level = x.level;
    const bool worse = any(3) == 0 && x.level < severity::critical;
    if (!x.stands) {
      t.kind = x.number == 1 ? transition_kind::raised : transition_kind::reopened;
      t.pages = true;
      x.stands = true;
    } else if (worse) {
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
    const auto key = receiver_key_of(x);
    bytes_by_key[key].insert(body);
    if (x.digest) {
      bundles += x.digest->at_once;
      for (const auto& each : x.digest->members)
        hear(channel, each.alarm, each.number, key);
      return;
    }
    if (ends_alarm(x))
      CHECK((known[channel].contains(x.about.alarm) || tried[channel].contains(x.about.alarm)));
    if (channel.text == "good")
      good.push_back(std::to_string(epoch_ms(world.now)) + ' ' + x.about.condition.sensor.text + ' ' +
                     std::string{name_of(x.about.kind)});
    hear(channel, x.about.alarm, x.about.number, key);
  }

  // Nothing comes under two keys, and nothing older behind something newer; unless the node died at an answer.
  void hear(const channel_name& channel, const uuid& alarm, uint32_t number, const std::string& key) {
    auto& before = known[channel][alarm];
    const bool repeat = unanswered.contains(channel.text + to_string(alarm));
    CHECK_MESSAGE((number > before.number || repeat), channel.text, " went from ", before.number, " to ", number,
                  " by ", key);
    before.number = std::max(before.number, number);
    before.keys.insert(key);
    unnoted.insert(channel.text + to_string(alarm));
  }

  void deliver_some() {
    for (const auto& [channel, orders] : world.serve())
      for (const auto& order : orders.all) {
        auto& dice_of = answers[channel.text];
        const bool well = channel.text == "good" || (all_well && !dead[channel.text]);
        const auto dice = well ? 0 : dead[channel.text] ? 5 + dice_of() % 5 : dice_of() % 10;
        if (channel.text == "mail")
          mailed.push_back(world.now);
        if (dice < 5) {
          came(channel, order.what);
          world.came.emplace_back(channel, order.what);
          world.report(channel, order, delivery_outcome::sent);
        } else {
          tried[channel].insert(order.what.about.alarm);
          world.report(channel, order, dice < 7 ? delivery_outcome::refused_channel : delivery_outcome::retry,
                       milliseconds{dice_of() % 30'000});
        }
      }
  }

  // Whoever has been stood in for: somebody has really told it.
  void check_noted() {
    for (; seen < world.journal.notified.size(); ++seen) {
      const auto& each = world.journal.notified[seen];
      if (each.outcome != notification_outcome::fallback)
        continue;
      ++fallbacks;
      CHECK(each.detail.starts_with("told by "));
      const auto number = static_cast<uint32_t>(std::stoul(each.key.substr(37)));
      CHECK(std::any_of(names.begin(), names.end(), [&](const auto& name) {
        const auto& heard_there = known[{name}];
        const auto at = heard_there.find(each.alarm);
        return name != each.channel.text && at != heard_there.end() && at->second.number >= number;
      }));
    }
  }

  void write() {
    world.write();
    unnoted.clear();
    check_noted();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (any(12)) {
      case 0:
      case 1:
        for (auto count = any(4); count-- > 0;)
          step_of(lives[any(lives.size())]);
        step_of(lives[any(lives.size())]);
        break;
      case 2:
        world.now += milliseconds{any(100'000)};
        break;
      case 3:
        world.now += milliseconds{any(10'000)};
        break;
      case 4:
        if (any(4) == 0)
          crash();
        break;
      case 5: {
        const bool dies = any(3) > 0;
        const auto& name = names[any(3)];
        if (!all_well)
          dead[name] = dies;
        break;
      }
      case 6:
      case 7:
      case 8:
        write();
        break;
      default:
        deliver_some();
      }
    }
  }

  void crash() {
    unanswered.merge(unnoted);
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void finish() {
    dead.clear();
    for (int i = 0; i < 120; ++i, world.now += 20s)
      world.settle([&](const channel_name& channel, const page& x) {
        if (channel.text == "mail")
          mailed.push_back(world.now);
        came(channel, x);
        return delivery_outcome::sent;
      });
    check_noted();
  }

  // However often the node began anew: with nothing saved up.
  void check_rate() const {
    for (size_t i = 0; i + 2 * mail_rate.pages < mailed.size(); ++i)
      CHECK(mailed[i + 2 * mail_rate.pages] - mailed[i] > mail_rate.per);
  }

  void check_all_told() {
    for (const auto& name : names)
      CHECK(world.journal.outbox[{name}].empty());
    for (const auto& each : lives) {
      const auto id = raise(each.sensor).alarm;
      const auto* record = world.book->find(id);
      if (!record)
        continue;
      CAPTURE(each.sensor);
      const bool stands = record->state == alarm_state::active;
      const bool even = (each.sensor.back() - '0') % 2 == 0;
      const auto told = [&](const std::string& name) { return known[{name}].contains(id); };
      CHECK(told("good"));
      // Where it belongs, by itself or among others; what is over may have been told by who stood in alone.
      CHECK((told(even ? "slack" : "sms") || (!stands && (told("mail") || told("sms") || told("slack")))));
      if (stands)
        CHECK(world.journal.marks.contains({{even ? "slack" : "sms"}, id}));
      for (const auto& name : names)
        if (!stands)
          CHECK_FALSE(world.journal.marks.contains({{name}, id}));
    }
  }
};

} // namespace

TEST_CASE("whatever the schedule, what others tell in a channel's place is told once, ends where it was told, and is "
          "not lost") {
  size_t fallbacks = 0, bundles = 0;
  for (uint64_t seed = 1; seed <= random_runs(150); ++seed) {
    CAPTURE(seed);
    schedule s{seed, false};
    s.run(400);
    s.write();
    s.finish();
    s.check_all_told();
    s.check_rate();
    for (const auto& sent : s.bytes_by_key)
      CHECK_MESSAGE(sent.second.size() == 1, sent.first);
    fallbacks += s.fallbacks;
    bundles += s.bundles;
  }
  // The schedules are about something.
  CHECK(fallbacks > random_runs(150));
  CHECK(bundles > random_runs(150));
}

TEST_CASE("whatever becomes of other channels, one that is well tells the same at the same moments") {
  for (uint64_t seed = 1; seed <= random_runs(50); ++seed) {
    CAPTURE(seed);
    schedule ill{seed, false}, well{seed, true};
    ill.run(400);
    well.run(400);
    CHECK(ill.good == well.good);
  }
}

} // namespace fallback_schedule_test
