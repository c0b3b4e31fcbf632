#include "protocol/failure.hpp"
#include "runtime/barrier/committer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include <unistd.h>

namespace collector_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr uint32_t sensors = 120, workers = 3, barriers = 80;

/// A state: the count, and some bytes so that lengths differ; behind it perhaps what was counted since.
std::string whole_text(uint64_t count, uint32_t slot) {
  return std::to_string(count) + std::string(slot % 50, '.') + ';';
}
std::string changes_text(uint64_t more) {
  return '+' + std::to_string(more) + ';';
}
uint64_t count_in(const std::string& state) {
  const auto end = state.find(';');
  const auto changes = state.substr(end + 1);
  return std::stoull(state) + (changes.empty() ? 0 : std::stoull(changes.substr(1)));
}

/// What a worker is sent about one of its sensors.
struct message {
  enum { reading, passed, spawn } what = reading;
  uint32_t slot = 0, barrier = 0, incarnation = 0;
  /// Of a reading: the actor dies of it. Of a spawn: readings that its state counts.
  bool fatal = false;
  uint64_t count = 0;
};

/// Plays CAF's workers: keeps the actors of some sensors, which count their readings, emit a row for each, and answer a
/// barrier before the first reading behind it, as actors/sensor does.
class worker {
public:
  explicit worker(collector& to) : to_{to}, thread_{[this] { run(); }} {}
  ~worker() {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void send(const message& x) {
    {
      std::lock_guard guard{mutex_};
      queue_.push_back(x);
    }
    wake_.notify_all();
  }
  std::vector<uint32_t> take_dead() {
    std::lock_guard guard{mutex_};
    return std::exchange(dead_, {});
  }

private:
  struct actor {
    uint32_t incarnation = 0, barrier = 0;
    uint64_t count = 0;
    /// Of the newest whole state: its barrier (0: there is none), and what it counts.
    uint32_t whole_at = 0;
    uint64_t whole_count = 0;
    bool changed = false, alive = false;
    sensor_counters counters;
  };

  void run() {
    std::unique_lock guard{mutex_};
    while (wake_.wait(guard, [&] { return stopping_ || !queue_.empty(); }), !queue_.empty()) {
      const auto x = queue_.front();
      queue_.pop_front();
      guard.unlock();
      take(x);
      guard.lock();
    }
  }

  void take(const message& x) {
    auto& a = actors_[x.slot];
    if (x.what == message::spawn) {
      a = {x.incarnation, x.barrier, x.count, 0, 0, false, true, {}};
      return;
    }
    if (!a.alive || x.incarnation != a.incarnation)
      return;
    if (a.changed && (x.barrier > a.barrier || x.what == message::passed))
      answer(x.slot, a);
    if (x.what == message::passed)
      return;
    a.barrier = x.barrier;
    a.changed = true;
    ++a.count;
    ++a.counters.accepted;
    sensor_output out;
    out.scores.push_back({nullptr, from_epoch_ms(static_cast<int64_t>(a.count)), 0, {}});
    to_.emit(x.slot, a.incarnation, x.barrier, 1, out);
    to_.judged(1, 0);
    if (x.fatal) {
      a.alive = false;
      std::lock_guard guard{mutex_};
      dead_.push_back(x.slot);
    }
  }

  void answer(uint32_t slot, actor& a) {
    const bool whole = a.whole_at == 0 || a.barrier % 5 == slot % 5;
    const auto state = whole ? whole_text(a.count, slot) : changes_text(a.count - a.whole_count);
    const bool taken =
        to_.snapshot(slot, a.incarnation, a.barrier, whole ? 0 : a.whole_at, state, a.counters, slot % 2 == 0);
    if (taken && whole) {
      a.whole_at = a.barrier;
      a.whole_count = a.count;
    }
    a.counters = {};
    a.changed = false;
  }

  collector& to_;
  std::map<uint32_t, actor> actors_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<message> queue_;
  std::vector<uint32_t> dead_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Reads all that it is given, as the ledger does, and remembers a summary.
struct reader : output_consumer {
  struct summary {
    uint32_t barrier = 0;
    uint64_t rows = 0, accepted = 0, doubled_rows = 0;
    std::map<uint32_t, uint64_t> states;
    bool driver_part = false;
  };
  std::vector<summary> seen;
  /// The newest whole state, with its barrier, and the changes behind it: what a ledger keeps.
  struct entry {
    uint32_t barrier = 0;
    std::string whole, changes;
  };
  std::map<uint32_t, entry> stored;
  bool changes_fit = true;
  std::mutex mutex;

  void consume(const barrier_output& output) override {
    summary x;
    x.barrier = output.barrier;
    x.rows = output.scores.size();
    x.accepted = output.counters_of_sensors.accepted;
    x.driver_part = output.counters.contains({"driver", std::to_string(output.barrier)});
    std::map<std::pair<uint32_t, int64_t>, int> each;
    for (const auto& row : output.scores)
      x.doubled_rows += ++each[{row.slot, epoch_ms(row.row.time)}] > 1;
    std::lock_guard guard{mutex};
    for (const auto& state : output.states) {
      const std::string text{output.state_of(state)};
      auto& kept = stored[state.slot];
      if (state.whole_at == 0)
        kept = {output.barrier, text, {}};
      else
        kept.changes = text;
      changes_fit = changes_fit && (state.whole_at == 0 || state.whole_at == kept.barrier);
      x.states[state.slot] = count_in(kept.whole + kept.changes);
    }
    seen.push_back(std::move(x));
  }
};

/// Plays the driver: sends readings, ends barriers, and brings back who died.
class plant {
public:
  explicit plant(std::unique_ptr<state_spool> spool = nullptr)
      : spool_{spool.get()}, to_{[this](const alarm_transition&) { ++urgent_; }, nullptr, std::move(spool)} {
    to_.start(1);
    for (uint32_t slot = 0; slot < sensors; ++slot) {
      to_.add_sensor(slot, nullptr);
      send({message::spawn, slot, 0, ++incarnations_[slot]});
    }
  }

  void run() {
    while (barrier_ <= barriers) {
      std::map<uint32_t, uint64_t>& here = sent_[barrier_];
      const auto n = 1 + random_() % 300;
      for (uint64_t i = 0; i < n; ++i) {
        const auto slot = static_cast<uint32_t>(random_() % sensors);
        ++here[slot];
        send({message::reading, slot, barrier_, incarnations_[slot], random_() % 200 == 0});
        if (random_() % 16 == 0)
          bring_back();
      }
      for (uint32_t slot = 0; slot < sensors; slot += 7) {
        to_.answered(slot);
        to_.idle(slot, barrier_);
      }
      const auto ended = barrier_;
      std::vector<uint32_t> changed;
      for (const auto& [slot, count] : here)
        changed.push_back(slot);
      for (; to_.pending() + 4 > answer_book::open_most; std::this_thread::yield())
        bring_back();
      barrier_ = to_.cut(changed, [&](barrier_output& output) {
        ++output.counters[{"driver", std::to_string(ended)}];
      });
      for (const auto& [slot, count] : here)
        send({message::passed, slot, ended, incarnations_[slot]});
    }
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (to_.committed() < barriers && std::chrono::steady_clock::now() < deadline) {
      bring_back();
      std::this_thread::yield();
    }
  }

  void check() {
    committing_.stop();
    REQUIRE(to_.committed() == barriers);
    REQUIRE(out_.seen.size() == barriers);
    CHECK(deaths_ > 10);
    std::map<uint32_t, uint64_t> counts;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < barriers; ++i) {
      const auto& x = out_.seen[i];
      CHECK(x.barrier == i + 1);
      CHECK(x.driver_part);
      uint64_t here = 0;
      std::map<uint32_t, uint64_t> states;
      for (const auto& [slot, count] : sent_[i + 1]) {
        here += count;
        states[slot] = counts[slot] += count;
      }
      CHECK(x.rows == here);
      CHECK(x.doubled_rows == 0);
      CHECK(x.accepted == here);
      CHECK(x.states == states);
      rows += here;
    }
    CHECK(to_.judged() >= rows);
    CHECK(to_.pending() == 0);
    CHECK(out_.changes_fit);
  }
  /// When nothing more comes.
  const state_spool& spool() const { return *spool_; }

private:
  void send(const message& x) { workers_[x.slot % workers]->send(x); }

  // As the keeper does: a new incarnation from the newest state, then what was sent since.
  void bring_back() {
    for (auto& each : workers_)
      for (const auto slot : each->take_dead()) {
        ++deaths_;
        const auto answered = to_.answered(slot);
        std::vector<uint32_t> replayed;
        for (auto it = sent_.upper_bound(answered); it != sent_.end(); ++it)
          if (it->second.contains(slot))
            replayed.push_back(it->first);
        to_.died(slot, incarnations_[slot], replayed);
        uint64_t count = 0;
        for (const auto& [barrier, sent] : sent_)
          if (const auto found = sent.find(slot); barrier <= answered && found != sent.end())
            count += found->second;
        const auto newest = to_.newest_state(slot);
        if (newest)
          CHECK(newest->barrier == answered);
        if (newest && newest->whole) {
          CHECK(count_in(newest->bytes) == count);
        } else {
          std::lock_guard guard{out_.mutex};
          const auto stored = out_.stored.find(slot);
          if (stored == out_.stored.end())
            CHECK(count == 0);
          else
            CHECK(count_in(stored->second.whole + (newest ? newest->bytes : stored->second.changes)) == count);
        }
        const auto incarnation = ++incarnations_[slot];
        send({message::spawn, slot, answered, incarnation, false, count});
        for (auto it = sent_.upper_bound(answered); it != sent_.end(); ++it)
          if (const auto found = it->second.find(slot); found != it->second.end()) {
            for (uint64_t i = 0; i < found->second; ++i)
              send({message::reading, slot, it->first, incarnation});
            if (it->first < barrier_)
              send({message::passed, slot, it->first, incarnation});
          }
      }
  }

  std::mt19937_64 random_{4};
  std::atomic<uint64_t> urgent_{0};
  const state_spool* spool_;
  collector to_;
  reader out_;
  committer committing_{to_, out_, {[](const barrier_output&, milliseconds) {}, [](const std::string&) {}}};
  std::vector<std::unique_ptr<worker>> workers_ = [this] {
    std::vector<std::unique_ptr<worker>> made;
    for (uint32_t i = 0; i < workers; ++i)
      made.push_back(std::make_unique<worker>(to_));
    return made;
  }();
  uint32_t barrier_ = 1, deaths_ = 0;
  std::map<uint32_t, std::map<uint32_t, uint64_t>> sent_;
  std::map<uint32_t, uint32_t> incarnations_;
};

} // namespace

TEST_CASE("what workers emit while barriers end and actors die is committed once, whole and in order") {
  plant all;
  all.run();
  all.check();
}

TEST_CASE("the same where states wait for their commit on disk, and behind the last commit none does") {
  plant all{state_spool::in(std::filesystem::temp_directory_path(), {64, 1, 0})};
  all.run();
  all.check();
  CHECK(all.spool().taken() > barriers);
  CHECK(all.spool().held() == 0);
}

TEST_CASE("of a barrier's states a few blocks are in memory, and all are as they were given") {
  auto disk = state_spool::in(std::filesystem::temp_directory_path(), {4096, 2, 0});
  const auto& spool = *disk;
  collector outputs{[](const alarm_transition&) {}, nullptr, std::move(disk)};
  constexpr uint32_t slots = 300;
  const auto text_of = [](uint32_t slot) {
    return std::string(slot == 7 ? 10'000 : 100 + slot, static_cast<char>('a' + slot % 26));
  };
  outputs.start(1);
  std::vector<uint32_t> all;
  for (uint32_t slot = 0; slot < slots; ++slot) {
    outputs.add_sensor(slot, nullptr);
    all.push_back(slot);
  }
  outputs.cut(all, [](barrier_output&) {});
  for (const uint32_t slot : all)
    REQUIRE(outputs.snapshot(slot, 1, 1, 0, text_of(slot), {}, false));
  const auto* output = outputs.next();
  REQUIRE(output);
  size_t in_memory = 0;
  for (const auto& each : output->blocks)
    in_memory += each.memory != nullptr;
  // Two full ones, the newest, and the one of a state that is larger than a block.
  CHECK(in_memory <= 4);
  CHECK(spool.held() > 10);
  for (const auto& state : output->states)
    CHECK(output->state_of(state) == text_of(state.slot));
  CHECK(outputs.newest_state(5)->bytes == text_of(5));
  CHECK(outputs.newest_state(7)->bytes == text_of(7));
  outputs.committed(1, {});
  CHECK(spool.held() == 0);
}

TEST_CASE("a disk that has no room leaves states in memory, and is asked again behind the next commit") {
  auto disk = state_spool::in(std::filesystem::temp_directory_path(), {64, 0, uint64_t{1} << 62});
  const auto& spool = *disk;
  collector outputs{[](const alarm_transition&) {}, nullptr, std::move(disk)};
  outputs.start(1);
  outputs.add_sensor(0, nullptr);
  outputs.add_sensor(1, nullptr);
  const std::vector<uint32_t> both{0, 1};
  for (uint32_t barrier = 1; barrier <= 2; ++barrier) {
    outputs.cut(both, [](barrier_output&) {});
    outputs.snapshot(0, 1, barrier, 0, std::string(60, 'a'), {}, false);
    outputs.snapshot(1, 1, barrier, 0, std::string(60, 'b'), {}, false);
    const auto* output = outputs.next();
    REQUIRE(output->states.size() == 2);
    CHECK(output->state_of(output->states[0]) == std::string(60, 'a'));
    CHECK(output->state_of(output->states[1]) == std::string(60, 'b'));
    outputs.committed(barrier, {});
  }
  CHECK(spool.taken() == 0);
}

TEST_CASE("states that a disk did not keep are in no commit") {
  std::string name = (std::filesystem::temp_directory_path() / "states-XXXXXX").string();
  const int file = mkstemp(name.data());
  REQUIRE(file >= 0);
  reader out;
  std::atomic<int> broke{0};
  {
    collector outputs{[](const alarm_transition&) {}, nullptr,
                      std::make_unique<state_spool>(file, state_spool::limits{64, 0, 0})};
    outputs.start(1);
    outputs.add_sensor(0, nullptr);
    outputs.add_sensor(1, nullptr);
    const std::vector<uint32_t> both{0, 1};
    outputs.cut(both, [](barrier_output&) {});
    outputs.snapshot(0, 1, 1, 0, std::string(60, '1') + ';', {}, false);
    outputs.snapshot(1, 1, 1, 0, std::string(60, '2') + ';', {}, false);
    const auto* output = outputs.next();
    REQUIRE(output->blocks.front().on_disk);
    CHECK_NOTHROW(output->require_sound());
    REQUIRE(pwrite(file, "x", 1, 5) == 1);
    CHECK_THROWS_AS(output->require_sound(), std::runtime_error);
    CHECK_THROWS_AS(outputs.newest_state(0), std::runtime_error);
    CHECK_NOTHROW(outputs.newest_state(1));
    committer committing{
        outputs,
        out,
        {[](const barrier_output&, milliseconds) {}, [](const std::string&) {}, [&](const std::string&) { ++broke; }}};
    while (broke == 0)
      std::this_thread::sleep_for(1ms);
    committing.stop();
    CHECK(outputs.committed() == 0);
  }
  CHECK(out.seen.empty());
  std::filesystem::remove(name);
}

TEST_CASE("a sensor is idle by its newest answer, not by one from before it was sent something") {
  collector outputs{[](const alarm_transition&) {}};
  const sensor_context context;
  outputs.start(1);
  outputs.add_sensor(0, &context);
  const std::array<uint32_t, 1> changed{0};
  CHECK_FALSE(outputs.idle(0, 0));
  outputs.cut(changed, [](barrier_output&) {});
  outputs.snapshot(0, 1, 1, 0, "state", {}, true);
  CHECK(outputs.idle(0, 1));
  CHECK_FALSE(outputs.idle(0, 2));
  outputs.cut(changed, [](barrier_output&) {});
  outputs.snapshot(0, 1, 2, 0, "state", {}, false);
  CHECK_FALSE(outputs.idle(0, 2));
}

TEST_CASE("a successor is not idle for what the dead one answered: it is asked") {
  collector outputs{[](const alarm_transition&) {}};
  const sensor_context context;
  outputs.start(1);
  outputs.add_sensor(0, &context);
  outputs.cut(std::array<uint32_t, 1>{0}, [](barrier_output&) {});
  outputs.snapshot(0, 1, 1, 0, "state", {}, true);
  REQUIRE(outputs.idle(0, 1));
  outputs.died(0, 2, {});
  CHECK_FALSE(outputs.idle(0, 1));
}

TEST_CASE("a commit that fails first tells how long the attempt took that worked, not the whole outage") {
  struct : output_consumer {
    void consume(const barrier_output&) override {
      if (attempts++ < 2)
        throw failure{failure_code::ledger_unwritable, "here", "no space"};
    }
    int attempts = 0;
  } out;
  collector outputs{[](const alarm_transition&) {}};
  std::atomic<int64_t> told{-1};
  std::atomic<int> failures{0};
  committer committing{outputs,
                       out,
                       {[&](const barrier_output&, milliseconds took) { told = took.count(); },
                        [&](const std::string& error) { failures += !error.empty(); }}};
  outputs.start(1);
  outputs.cut({}, [](barrier_output&) {});
  while (outputs.committed() < 1)
    std::this_thread::sleep_for(1ms);
  committing.stop();
  CHECK(failures == 2);
  // Between the attempts it waits for 300 ms in all.
  CHECK(told < 300);
  CHECK(outputs.commit_took() == milliseconds{told});
}

TEST_CASE("what was decided behind barriers that a sensor did not answer can be asked for before it is dropped") {
  collector outputs{[](const auto&) {}};
  const sensor_context context;
  outputs.start(1);
  outputs.add_sensor(0, &context);
  outputs.add_sensor(1, &context);
  const auto decide = [&](uint32_t slot, uint32_t barrier, uint32_t number) {
    sensor_output out;
    out.transitions.emplace_back().number = number;
    outputs.emit(slot, 1, barrier, 0, out);
  };
  const auto numbers = [&] {
    std::vector<uint32_t> out;
    for (const auto& each : outputs.unanswered_transitions(0))
      out.push_back(each.row.number);
    return out;
  };
  const std::vector<uint32_t> both{0, 1};
  decide(0, 1, 1);
  outputs.cut(both, [](barrier_output&) {});
  CHECK(outputs.snapshot(0, 1, 1, 0, "state", {}, false));
  CHECK(numbers().empty());
  decide(0, 2, 2);
  decide(1, 2, 7);
  outputs.cut(both, [](barrier_output&) {});
  decide(0, 3, 3);
  CHECK(numbers() == std::vector<uint32_t>{2, 3});
}

TEST_CASE("each telling is another, and its barrier has it as it was told") {
  std::vector<uint64_t> told;
  collector outputs{[&](const alarm_transition& x) { told.push_back(x.telling); }};
  const sensor_context context;
  outputs.start(1);
  outputs.add_sensor(0, &context);
  for (const uint32_t incarnation : {1, 2}) {
    sensor_output out;
    out.transitions.emplace_back().number = 1;
    out.transitions.emplace_back().number = 2;
    outputs.emit(0, incarnation, 1, 0, out);
  }
  CHECK(told == std::vector<uint64_t>{1, 2, 3, 4});
  const auto kept = outputs.unanswered_transitions(0);
  REQUIRE(kept.size() == told.size());
  for (size_t i = 0; i < told.size(); ++i)
    CHECK(kept[i].row.telling == told[i]);
}

TEST_CASE("what is told behind a barrier bears the number of the commit that this becomes, where commits are counted") {
  for (const uint64_t first : {0, 101}) {
    std::vector<uint64_t> told;
    collector outputs{[&](const alarm_transition& x) { told.push_back(x.commit); }};
    const sensor_context context;
    outputs.start(7, first);
    outputs.add_sensor(0, &context);
    const auto decide = [&](uint32_t barrier) {
      sensor_output out;
      out.transitions.emplace_back();
      outputs.emit(0, 1, barrier, 0, out);
    };
    decide(7);
    outputs.cut({}, [](barrier_output&) {});
    decide(8);
    CHECK(told == std::vector{first, first == 0 ? 0 : first + 1});
    CHECK(outputs.next()->commit == first);
  }
}

} // namespace collector_test
