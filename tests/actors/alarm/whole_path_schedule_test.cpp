#include "tests/actors/alarm/outbox_world.hpp"
#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

namespace whole_path_schedule_test {

// Any schedule of all that there is between an alarm and people at once: reminders, shelves, acknowledgements, groups,
// stand-ins, answers that are lost, crashes, and a journal that fails. In the end what each receiver was shown last of
// an alarm is what is.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const channel_name slack{"slack"}, sms{"sms"}, chief{"chief"};
const std::array channels{slack, sms, chief};

/// `counted`: as one of those that a digest does not name.
enum class shown : uint8_t { nothing, over, stands, counted };

/// A receiver: what it was shown last of each alarm, whatever its answers came to.
class receiver {
public:
  void came(const page& x) {
    if (!x.digest) {
      last_[x.about.alarm] = ends_alarm(x) ? shown::over : shown::stands;
      return;
    }
    for (const auto& each : x.digest->members)
      last_[each.alarm] = shown::counted;
    for (const auto* lines : {&x.digest->critical, &x.digest->others})
      for (const auto& each : *lines)
        last_[each.alarm] = each.stands ? shown::stands : shown::over;
  }
  shown last_of(const uuid& alarm) const {
    const auto at = last_.find(alarm);
    return at == last_.end() ? shown::nothing : at->second;
  }

private:
  std::map<uuid, shown> last_;
};

/// A sensor under one rule, and what its owner has it for.
struct life {
  std::string sensor, unit;
  rule which{};
  uint32_t number = 0, raises = 0;
  bool stands = false;
  severity level = severity::high, paged = severity::normal;
  uuid alarm = {};
  event_time raised = never, ended = never;
};

struct history {
  std::mt19937_64 random;
  outbox_world world{{slack, sms, chief}};
  std::vector<life> lives;
  std::vector<alarm_transition> all;
  std::map<channel_name, receiver> receivers;
  std::map<channel_name, bool> dead;
  /// What came since the journal last took anything.
  struct arrival {
    channel_name to;
    page what;
    uint32_t attempts = 0;
  };
  std::vector<arrival> unwritten;
  /// What a node cannot know of: what went from memory alone before it died, for one.
  std::set<std::pair<channel_name, uuid>> beyond;
  bool failing = false, from_memory = false;
  size_t crashes = 0, lost = 0, reminders = 0;

  explicit history(uint64_t seed) : random{seed} {
    for (int i = 0; i < 4; ++i)
      lives.push_back({numbered("t", i), "unit-a", rule::limit});
    for (int i = 0; i < 6; ++i)
      lives.push_back({numbered("g", i), "unit-b", rule::state});
    for (const auto* unit : {"unit-a", "unit-b"}) {
      alarm_route way;
      way.name = unit;
      way.match.units = {unit};
      way.channels = {slack, sms};
      way.reminders = {10min, 6, {chief}, 20min};
      world.ways.push_back(way);
    }
    world.book_limits.reminders = {severity::critical, 2h};
    world.book_limits.page_again_after = 0ms;
    world.terms[slack].fallback_after = world.terms[sms].fallback_after = 5min;
    world.terms[slack].fallback = {chief};
    world.terms[sms].fallback = {slack};
    world.terms[slack].together_over = world.terms[chief].together_over = 3;
    world.load();
  }

  uint64_t any(uint64_t below) { return random() % below; }
  milliseconds any_time(milliseconds below) { return milliseconds{any(static_cast<uint64_t>(below.count()))}; }

  void raise_or_reopen(life& x, alarm_transition& t) {
    const bool again = x.raises > 0 && world.now - x.ended <= 10min && any(4) != 0;
    if (!again) {
      ++x.raises;
      x.number = 0;
      x.raised = t.at;
      x.paged = severity::normal;
      x.level = x.which == rule::state || any(3) != 0 ? severity::high : severity::critical;
      x.alarm = alarm_id_of(t.condition, t.at, x.raises);
    }
    t.kind = again ? transition_kind::reopened : transition_kind::raised;
    x.stands = true;
  }

  void step_of(life& x) {
    auto t = transition(x.sensor, 1, transition_kind::raised);
    t.condition = {{"main"}, {x.sensor}, {x.unit}, x.which};
    t.at = world.now - any_time(any(5) == 0 ? milliseconds{40min} : milliseconds{3s});
    t.fresh = any(3) != 0;
    if (!x.stands) {
      raise_or_reopen(x, t);
    } else if (any(4) == 0 && x.level < severity::critical) {
      x.level = severity::critical;
      t.kind = transition_kind::updated;
    } else {
      t.kind = transition_kind::cleared;
      x.stands = false;
      x.ended = world.now;
    }
    t.level = x.level;
    t.pages = x.stands && x.level > x.paged;
    if (t.pages)
      x.paged = x.level;
    t.was = t.kind == transition_kind::raised ? severity::normal : x.paged;
    t.alarm = x.alarm;
    t.number = ++x.number;
    t.raised_at = x.raised;
    t.priority = x.level == severity::critical ? 90 : 60;
    if (!x.stands)
      x.level = severity::high;
    all.push_back(t);
    world.take(t);
  }

  void came(const channel_name& to, const page& x, uint32_t attempts) {
    receivers[to].came(x);
    unwritten.push_back({to, x, attempts});
    reminders += x.reminder;
  }

  /// Answers, answers that are lost, refusals; and the node may die at an answer.
  void deliver_some() {
    if (failing) {
      world.desk->release();
      from_memory = true;
    }
    for (const auto& [to, orders] : world.serve())
      for (const auto& order : orders.all) {
        const auto how = any(12) == 0 ? 9 : dead[to] ? 5 + any(5) : any(10);
        if (how < 5) {
          came(to, order.what, order.attempts);
          if (any(10) == 0)
            return crash();
          world.report(to, order, delivery_outcome::sent);
        } else if (how < 7) {
          world.report(to, order, delivery_outcome::refused_channel, any_time(1min));
        } else {
          if (any(2) == 0) {
            ++lost;
            came(to, order.what, order.attempts);
          }
          world.report(to, order, delivery_outcome::retry, any_time(1min));
        }
      }
  }

  void write() {
    if (!failing) {
      world.write();
      unwritten.clear();
      from_memory = false;
      return;
    }
    from_memory = true;
    world.pass();
    world.work.begin();
    world.work.refused("no space left on device");
    world.work.pause_is_over();
    world.desk->release();
  }

  void crash() {
    ++crashes;
    // A try whose end is not on disk counts as those before were answered, and these may have been refusals.
    for (const auto& [to, x, attempts] : unwritten)
      if (from_memory || attempts > 0) {
        beyond.emplace(to, x.about.alarm);
        if (x.digest)
          for (const auto& each : x.digest->members)
            beyond.emplace(to, each.alarm);
      }
    unwritten.clear();
    failing = from_memory = false;
    world.load();
    for (const auto& each : all)
      world.take(each);
  }

  void shelve_or_unshelve() {
    const auto& life = lives[any(lives.size())];
    auto of = transition(life.sensor, 1, transition_kind::raised);
    of.condition = {{"main"}, {life.sensor}, {life.unit}, life.which};
    of.alarm = life.alarm;
    const auto what = any(3);
    auto x = what == 0   ? shelf_of_sensor({"main"}, {life.sensor})
             : what == 1 ? shelf_of_unit({"main"}, {life.unit})
                         : shelf_of_alarm(of);
    x.since = world.now;
    x.until = world.now + 1s + any_time(1h);
    x.by = "anna";
    x.reason = "seed";
    if (any(3) == 0)
      world.unshelve(x);
    else
      world.shelve(x);
    write();
  }

  void acknowledge() {
    if (world.book->size() == 0)
      return;
    auto at = world.book->all().begin();
    std::advance(at, any(world.book->size()));
    if (at->second->acknowledged || at->second->state != alarm_state::active)
      return;
    world.acknowledge(at->first);
    write();
  }

  void storm() {
    for (auto& each : lives)
      if (each.which == rule::state)
        step_of(each);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      switch (any(14)) {
      case 0:
      case 1:
        step_of(lives[any(lives.size())]);
        break;
      case 2:
        world.now += any_time(200s);
        break;
      case 3:
        world.now += any_time(5s);
        break;
      case 4:
        if (any(4) == 0)
          world.now += any_time(30min);
        break;
      case 5:
        if (any(4) == 0)
          crash();
        break;
      case 6:
        dead[channels[any(channels.size())]] = any(2) == 0;
        break;
      case 7:
        if (any(3) == 0)
          shelve_or_unshelve();
        break;
      case 8:
        if (any(3) == 0)
          acknowledge();
        break;
      case 9:
        if (any(8) == 0)
          storm();
        if (any(16) == 0)
          failing = !failing;
        break;
      case 10:
      case 11:
        write();
        break;
      default:
        deliver_some();
      }
  }

  /// All are well again, and time passes.
  void finish(milliseconds time) {
    failing = false;
    for (const auto end = world.now + time; world.now < end; world.now += 1min)
      world.settle([&](const channel_name& to, const page& x) {
        came(to, x, 0);
        return delivery_outcome::sent;
      });
  }

  /// What is wrong of what this channel was shown of the alarm; empty: nothing.
  std::string wrong(const channel_name& to, const alarm_record& record) const {
    const auto at = receivers.find(to);
    const auto last = at == receivers.end() ? shown::nothing : at->second.last_of(record.id());
    if (record.state != alarm_state::active)
      return last == shown::stands ? "shown as standing, and it is over" : "";
    const auto& paged = record.paged_to;
    if (std::find(paged.begin(), paged.end(), to) == paged.end())
      return {};
    if (record.acknowledged)
      return last == shown::over && !record.back_unheard && !taken_back(to, record.id())
                 ? "shown as over, and it stands"
                 : "";
    if (!record.pages || last == shown::stands || last == shown::counted)
      return {};
    return last == shown::over ? "shown as over, and it stands" : "not shown, and it stands";
  }

  /// That it stands again waited for the end of a shelf, and somebody acknowledged it by then.
  bool taken_back(const channel_name& to, const uuid& alarm) const {
    const auto& all = world.journal.notified;
    return std::any_of(all.begin(), all.end(), [&](const notification& each) {
      return each.channel == to && each.alarm == alarm && each.detail == "somebody had acknowledged it by then";
    });
  }

  bool told_to_nobody(const alarm_record& record) const {
    if (record.state != alarm_state::active || !record.pages || record.acknowledged || record.held || record.shelved ||
        !record.paged_to.empty())
      return false;
    const auto* group = record.in_group() ? world.book->find(record.group) : nullptr;
    return !group || group->state != alarm_state::active;
  }
};

} // namespace

TEST_CASE("whatever the schedule, what each receiver was shown last of an alarm is what is") {
  size_t crashes = 0, lost = 0, reminders = 0, told_by_others = 0;
  for (uint64_t seed = 1; seed <= random_runs(150); ++seed) {
    CAPTURE(seed);
    history h{seed};
    h.run(200);
    h.finish(5h);
    for (const auto& entry : h.world.book->all()) {
      const auto& record = *entry.second;
      CAPTURE(record.raise.condition.sensor.text);
      CAPTURE(record.explanation);
      for (const auto& to : channels) {
        CAPTURE(to.text);
        if (!h.beyond.contains({to, entry.first}))
          CHECK(h.wrong(to, record) == "");
      }
      CHECK_FALSE(h.told_to_nobody(record));
    }
    for (const auto& to : channels)
      CHECK(h.world.journal.outbox[to].empty());
    crashes += h.crashes;
    lost += h.lost;
    reminders += h.reminders;
    for (const auto& each : h.world.journal.notified)
      told_by_others += each.outcome == notification_outcome::fallback;
  }
  CHECK(crashes > random_runs(300));
  CHECK(lost > random_runs(300));
  CHECK(reminders > random_runs(150));
  CHECK(told_by_others > random_runs(40));
}

} // namespace whole_path_schedule_test
