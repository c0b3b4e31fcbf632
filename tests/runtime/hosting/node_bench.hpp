#pragma once

#include "protocol/actors.hpp"
#include "protocol/failure.hpp"
#include "runtime/barrier/collector.hpp"
#include "runtime/barrier/committer.hpp"
#include "runtime/hosting/actor_world.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/ledger/ledger.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// Keeps in memory what barriers complete, as JSON lines.
class recording_consumer : public output_consumer {
public:
  explicit recording_consumer(const rule_book& book) : book_{book} {}

  void consume(const barrier_output& output) override {
    if (output.barrier != landed_ && (!fails || lands))
      take(output);
    if (fails) {
      landed_ = lands ? output.barrier : 0;
      ++failed;
      throw failure{failure_code::ledger_unwritable, "ledger", "no space left"};
    }
  }

  sensor_keeper::committed_state state(const sensor_key& key) {
    std::lock_guard guard{mutex_};
    const auto& kept = states_[key];
    return {stored_state::of(kept.whole + kept.changes), kept.whole_at};
  }
  std::multiset<std::string> rows() {
    std::lock_guard guard{mutex_};
    return rows_;
  }
  /// As one whole state each: when a sensor answers with a whole one differs between runs.
  std::map<sensor_key, std::string> states() {
    std::lock_guard guard{mutex_};
    std::map<sensor_key, std::string> out;
    for (const auto& [key, state] : states_) {
      // Asked for at a restart before its first commit.
      if (state.whole.empty())
        continue;
      sensor_model model{book_};
      if (!model.decode(state.whole + state.changes))
        throw std::runtime_error{"a committed state cannot be read"};
      model.encode(out[key]);
    }
    return out;
  }
  /// Ledger keys.
  std::set<std::string> forgotten() {
    std::lock_guard guard{mutex_};
    return forgotten_;
  }
  sensor_counters counters() {
    std::lock_guard guard{mutex_};
    return counters_;
  }

  /// Nothing can be committed at the moment, and how often that was tried.
  std::atomic<bool> fails{false};
  std::atomic<int> failed{0};
  /// What fails is there all the same.
  std::atomic<bool> lands{false};

private:
  template <class Append>
  void add(const char* kind, Append append) {
    std::string line = kind;
    append(line);
    rows_.insert(std::move(line));
  }

  void take(const barrier_output& output) {
    std::lock_guard guard{mutex_};
    forgotten_.insert(output.forgotten.begin(), output.forgotten.end());
    for (const auto& key : output.forgotten)
      states_.erase(sensor_of_ledger_key(key));
    for (const auto& each : output.statistics)
      add("statistics", [&](std::string& out) { append_json(out, each.row, *book_.types); });
    for (const auto& each : output.patterns)
      add("patterns", [&](std::string& out) { append_json(out, each.row); });
    for (const auto& each : output.averages)
      add("averages", [&](std::string& out) { append_json(out, each.row); });
    for (const auto& each : output.anomalies)
      add("anomalies", [&](std::string& out) { append_json(out, each.row); });
    for (const auto& each : output.scores)
      add("scores", [&](std::string& out) { append_json(out, each.row); });
    for (const auto& each : output.transitions)
      add("alarms", [&](std::string& out) { append_json(out, each.row); });
    for (const auto& state : output.states) {
      auto& [whole, changes, whole_at] = states_[state.context->key];
      if (state.whole_at != 0 && state.whole_at != whole_at)
        throw std::logic_error{"changes since a whole state that is not there"};
      (state.whole_at == 0 ? whole : changes) = output.state_of(state);
      if (state.whole_at == 0) {
        changes.clear();
        whole_at = output.barrier;
      }
    }
    counters_.accepted += output.counters_of_sensors.accepted;
    counters_.duplicate += output.counters_of_sensors.duplicate;
    ++commits_;
  }

  const rule_book& book_;
  std::mutex mutex_;
  std::multiset<std::string> rows_;
  std::set<std::string> forgotten_;
  struct kept_state {
    std::string whole, changes;
    uint32_t whole_at = 0;
  };
  std::map<sensor_key, kept_state> states_;
  sensor_counters counters_;
  int commits_ = 0;
  /// A barrier that is there though it failed. The committer's.
  uint32_t landed_ = 0;
};

/// Sensors with real actors, fed by hand; the test's thread is the driver's.
class node_bench {
public:
  explicit node_bench(std::function<void(const reading&)> before_reading = {}, int threads = 2,
                      uint32_t quarantine_restarts = 50)
      : book_{&settings_, &types_, true, std::move(before_reading)}, outputs_{[](const auto&) {}},
        keeper_{world_.system(),
                book_,
                outputs_,
                [this](const sensor_key& key) { return consumer_.state(key); },
                {[this](const reading& r, const std::string&, bool) { refused_.insert(r.position); },
                 [this](uint32_t slot, const std::string&) { quarantined_.insert(slot); },
                 [this](const std::string& part, const std::string& what) {
                   std::lock_guard guard{broken_mutex_};
                   broken_.push_back(part + ": " + what);
                 },
                 [this](const alarm_transition& x, bool expected) { dropped_.emplace_back(x.number, expected); }},
                {2, quarantine_restarts, threads}},
        consumer_{book_} {
    keeper_.start(1);
    committer_ = std::make_unique<committer>(outputs_, consumer_,
                                             committer::events{[](const auto&, auto) {}, [](const auto&) {}});
    for (int i = 0; i < 20; ++i) {
      sensor_context context;
      context.key = {{"plant"}, {"S-" + std::to_string(i)}};
      slots_.push_back(keeper_.admit(std::move(context), {}));
      keeper_.sensors()[slots_.back()].has_split = true;
    }
  }

  ~node_bench() {
    committer_->stop();
    keeper_.stop();
  }

  void feed(int sensor, event_time time, double value, uint64_t position) {
    reading next;
    next.time = time;
    next.value = value;
    next.watermark = next.closing = watermark_;
    next.position = position;
    watermark_ = std::max(watermark_, time);
    ++sent_;
    keeper_.send(slots_[static_cast<size_t>(sensor)], next);
    if (position % 3 == 0)
      keeper_.flush(1);
    look_after();
  }

  void tick_all(milliseconds activity = milliseconds{0}) {
    for (const uint32_t slot : slots_)
      keeper_.tick(slot, {.closing = watermark_, .activity = activity});
  }

  void learn_anew(int sensor) { keeper_.have_learn_anew(slots_[static_cast<size_t>(sensor)], {.closing = watermark_}); }

  void barrier() {
    for (; open_barriers() + 4 > answer_book::open_most; look_after())
      continue;
    keeper_.cut([](barrier_output&) {});
    look_after();
  }

  void look_after() {
    keeper_.restart_dead();
    keeper_.release();
    keeper_.ask_quiet(1000);
  }

  /// Everything judged and committed; false when it takes longer than a minute.
  bool settle() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    bool cut = false;
    while (std::chrono::steady_clock::now() < deadline) {
      look_after();
      if (!cut && outputs_.judged() >= sent_) {
        for (const uint32_t slot : slots_)
          keeper_.tick(slot, {.closing = watermark_, .last = true});
        barrier();
        cut = true;
      }
      if (cut && outputs_.pending() == 0)
        return outputs_.judged() == sent_;
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    return false;
  }

  size_t open_barriers() const { return outputs_.pending(); }
  sensor_keeper& keeper() { return keeper_; }
  collector& outputs() { return outputs_; }
  caf::actor_system& system() { return world_.system(); }
  const rule_book& book() const { return book_; }
  recording_consumer& committed() { return consumer_; }
  const std::set<uint64_t>& refused() const { return refused_; }
  const std::set<uint32_t>& quarantined() const { return quarantined_; }
  /// Shards and threads of the sensors that ended, and why.
  std::vector<std::string> broken() const {
    std::lock_guard guard{broken_mutex_};
    return broken_;
  }
  /// Transitions by their numbers, and whether they are expected again.
  const std::vector<std::pair<uint32_t, bool>>& dropped() const { return dropped_; }
  uint32_t slot(int sensor) const { return slots_[static_cast<size_t>(sensor)]; }

private:
  mutable std::mutex broken_mutex_;
  std::vector<std::string> broken_;
  detection_settings settings_;
  std::vector<sensor_type> types_{generic()};
  rule_book book_;
  actor_world world_;
  collector outputs_;
  sensor_keeper keeper_;
  recording_consumer consumer_;
  std::unique_ptr<committer> committer_;
  std::vector<uint32_t> slots_;
  std::set<uint64_t> refused_;
  std::set<uint32_t> quarantined_;
  std::vector<std::pair<uint32_t, bool>> dropped_;
  event_time watermark_ = never;
  uint64_t sent_ = 0;

  static sensor_type generic() {
    sensor_type type;
    type.name = "generic";
    type.fields = {{"value", ""}};
    type.primary = {0};
    return type;
  }
};

} // namespace millwright
