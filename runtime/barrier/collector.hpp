#pragma once

#include "actors/kit/split_times.hpp"
#include "actors/sensor/sensor_host.hpp"
#include "protocol/alarm.hpp"
#include "protocol/results.hpp"
#include "protocol/split_places.hpp"
#include "runtime/barrier/answer_book.hpp"
#include "runtime/barrier/delay_samples.hpp"
#include "runtime/barrier/hosted_outcome.hpp"
#include "runtime/barrier/hosted_rows.hpp"
#include "runtime/barrier/reading_taker.hpp"
#include "runtime/barrier/result_blocks.hpp"
#include "runtime/barrier/row_list.hpp"
#include "runtime/barrier/state_spool.hpp"
#include "runtime/health/health_rows.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace millwright {

/// A row and whose it is: which incarnation of which sensor's actor emitted it.
template <class Row>
struct emitted {
  Row row;
  uint32_t slot;
  uint32_t incarnation;
};

/// Everything that happened behind one barrier number, as it is committed.
struct barrier_output {
  struct state_entry {
    uint32_t slot;
    uint32_t incarnation;
    uint32_t length;
    /// 0 for a whole state, else the barrier of the whole one since which this is the changes.
    uint32_t whole_at;
    /// Where it lies.
    uint32_t block, at;
    const sensor_context* context;
  };
  /// Encoded states lie in blocks: a string of 100 MB that grows would hold up every sensor. A full one waits for its
  /// commit in memory or on disk.
  struct block {
    std::unique_ptr<char[]> memory;
    state_spool::block on_disk;
    size_t used = 0;

    const char* bytes() const { return memory ? memory.get() : on_disk.bytes(); }
  };

  uint32_t barrier = 0;
  /// Number of the ledger's commit that it becomes; 0: nobody counts.
  uint64_t commit = 0;
  std::vector<block> blocks;
  /// So many of the first blocks are on disk, or stay in memory all the same.
  size_t settled_blocks = 0;
  /// Of all states.
  size_t state_bytes = 0;
  std::vector<state_entry> states;
  row_list<emitted<statistics_row>> statistics;
  row_list<emitted<patterns_row>> patterns;
  row_list<emitted<averages_row>> averages;
  row_list<emitted<anomaly_row>> anomalies;
  row_list<emitted<score_row>> scores;
  row_list<emitted<alarm_transition>> transitions;
  /// Of the actors beside the sensors, whose decisions count once their barrier is complete: whoever adds them has seen
  /// to that.
  hosted_rows hosted;
  sensor_counters counters_of_sensors;

  /// Where the splits stand behind it, and whether it is the last of a replay: the driver's.
  time_passed time;
  bool last = false;
  /// What the actors above the sensors have made of it.
  hosted_outcome above;

  /// What the driver adds: dead letters as JSON lines, transitions of the node itself, counters, split states.
  result_blocks dead_letters;
  std::map<std::pair<std::string, std::string>, uint64_t> counters;
  std::vector<std::pair<std::string, std::string>> split_states;
  std::vector<std::pair<std::string, uint64_t>> positions;
  /// The same for the router.
  std::vector<split_committed> committed_places;
  /// Small named state of the node that goes with this barrier, in order; an empty value removes the name.
  std::vector<std::pair<std::string, std::string>> node_entries;
  /// Its readings, where some of their types have a model; until it is committed.
  judged_stretch to_score;
  /// Ledger keys of sensors that are forgotten with it.
  std::vector<std::string> forgotten;

  /// Sensors of which an actor died behind this barrier: what their dead incarnations emitted does not count.
  std::unordered_set<uint32_t> restarted;

  std::string_view state_of(const state_entry& entry) const {
    return {blocks[entry.block].bytes() + entry.at, entry.length};
  }
  /// Throws std::runtime_error when a disk has not kept what it was given: nothing of it may be committed.
  void require_sound() const;
  /// Calls `visit(counter, label, count)` for each that is not 0, under the names of semantics 12.
  void visit_counters(const std::function<void(const std::string&, const std::string&, uint64_t)>& visit) const;
  /// Removes what dead incarnations emitted. Called once, when everybody has answered.
  void drop_dead_emissions();
};

/// Gathers what sensor actors emit, by barrier number, until every sensor that changed has answered; then the output
/// goes to the committer. Written by CAF's workers, cut by the driver. A lock is held for a copy of some hundred bytes.
class collector : public sensor_host {
public:
  using urgent_function = std::function<void(const alarm_transition&)>;

  /// `urgent` is called at once, from the emitting thread, with each transition, as a telling of its own.
  /// `gathered`: for what stands above the sensors; null where nobody hosts that.
  /// `spool`: where encoded states wait that are more than a few; null: in memory, all of them.
  explicit collector(urgent_function urgent, reading_taker* gathered = nullptr,
                     std::unique_ptr<state_spool> spool = nullptr)
      : urgent_{std::move(urgent)}, gathered_{gathered}, spool_{std::move(spool)} {}

  void emit(uint32_t slot, uint32_t incarnation, uint32_t barrier, int64_t taken_ns, sensor_output& out) override;
  bool snapshot(uint32_t slot, uint32_t incarnation, uint32_t barrier, uint32_t whole_at, std::string_view state,
                const sensor_counters& counters, bool idle) override;
  void accepted(const reading& r) override {
    if (gathered_)
      gathered_->take(r);
  }
  void judged(uint32_t count, int64_t taken_ns) override {
    const uint64_t before = judged_.fetch_add(count, std::memory_order_relaxed);
    if (taken_ns != 0 && waits_.wanted(before, count))
      note_wait(taken_ns);
  }

  /// Readings judged since the start.
  uint64_t judged() const { return judged_.load(std::memory_order_relaxed); }
  /// How long readings wait from being taken until they are judged.
  delay_samples& waits() { return waits_; }

  // The driver's side.

  /// Readings of barrier `first` may come, which becomes commit number `commit`. 0: nobody counts.
  void start(uint32_t first, uint64_t commit = 0);
  /// A new sensor, in the slot behind all others or in one that a former sensor has left.
  void add_sensor(uint32_t slot, const sensor_context* context);
  /// Its metadata changed; the old context stays valid until the current barrier is committed.
  void replace_context(uint32_t slot, const sensor_context* context);
  /// No more readings come for the current barrier: `fill` adds the driver's part, `changed` are the slots that were
  /// sent something behind it, and the next number begins. Returns it.
  template <class Fill>
  uint32_t cut(std::span<const uint32_t> changed, Fill fill) {
    note_sent(changed);
    std::lock_guard guard{mutex_};
    fill(*open_.back());
    const uint32_t next = open_.back()->barrier + 1;
    open_.push_back(std::make_unique<barrier_output>());
    open_.back()->barrier = next;
    open_.back()->commit = commit_of(next);
    open_.back()->states.reserve(changed.size());
    book_.cut();
    tell_complete();
    return next;
  }
  /// Whether `slot` still has to answer `barrier`.
  bool owes(uint32_t slot, uint32_t barrier) const;
  /// The newest barrier that `slot` has answered; 0 for none.
  uint32_t answered(uint32_t slot) const;
  /// By its newest answer `slot` has nothing to do until its next reading, and the answer is of `barrier` or a later
  /// one.
  bool idle(uint32_t slot, uint32_t barrier) const;
  /// That incarnation of `slot` died: its emissions behind barriers that it did not answer do not count, nor does any
  /// answer of it from here on. Its successor is given the readings of the barriers `replayed` again and owes these;
  /// from the others it is excused.
  void died(uint32_t slot, uint32_t incarnation, std::span<const uint32_t> replayed);
  /// What its actors have told behind barriers that `slot` did not answer, in their order: with the death of the last
  /// of them it is dropped, and in no commit but for what a successor decides once more. Asked before `died`.
  std::vector<emitted<alarm_transition>> unanswered_transitions(uint32_t slot) const;
  struct uncommitted_state {
    uint32_t barrier = 0;
    /// False: these are changes, to be read behind the state that is committed.
    bool whole = true;
    std::string bytes;
  };
  /// The newest uncommitted state of `slot`.
  std::optional<uncommitted_state> newest_state(uint32_t slot) const;
  /// Adds to the output of `barrier`, cut or not, unless it is complete: then false.
  template <class Fill>
  bool amend(uint32_t barrier, Fill fill) {
    std::lock_guard guard{mutex_};
    auto* output = find(barrier);
    if (!output || book_.is_complete(barrier))
      return false;
    fill(*output);
    return true;
  }
  /// Takes something back of the driver's part of `barrier`, complete or not, which is not committed. False: it is, or
  /// the committer is at it and may be about to. One that was tried may be in the ledger: then nothing may change.
  template <class Change>
  bool revise(uint32_t barrier, Change change) {
    std::lock_guard guard{mutex_};
    auto* output = find(barrier);
    if (!output || at_work_ == barrier)
      return false;
    change(*output);
    return true;
  }
  /// Barriers cut and not yet committed.
  size_t pending() const;

  // The committer's side.

  /// The next complete output, in order; waits until there is one or `stop` was called (then null). It stays here, for
  /// `newest_state`, until `committed`. The committer alone reads it, until then or `put_down`. While it waits it
  /// carries states to disk that are more than memory should hold.
  barrier_output* next();
  /// It could not be committed, and is not looked at before `take_up` or `next`.
  void put_down();
  void take_up(uint32_t barrier);
  /// Who emitted it, as its metadata were at the newest barrier that was cut; null for a slot that nobody has.
  const sensor_context* context_of(uint32_t slot) const;
  /// @param took the commit alone.
  void committed(uint32_t barrier, milliseconds took);
  void stop();
  /// The newest barrier that is committed.
  uint32_t committed() const { return committed_.load(std::memory_order_acquire); }
  /// How long the longer of the last two commits took: a short one may have stood behind a long one. 0 before the
  /// first.
  milliseconds commit_took() const { return milliseconds{commit_ms_.load(std::memory_order_relaxed)}; }

private:
  uint64_t commit_of(uint32_t barrier) const { return first_commit_ == 0 ? 0 : first_commit_ + (barrier - first_); }
  barrier_output* find(uint32_t barrier) const;
  struct stored_entry {
    const barrier_output* in;
    const barrier_output::state_entry* entry;
  };
  std::optional<stored_entry> entry_at(uint32_t barrier, uint32_t index, uint32_t slot) const;
  size_t block_bytes() const { return spool_ ? spool_->limits_given().block_bytes : spool_limits{}.block_bytes; }
  /// In the newest block.
  char* room_for(barrier_output& output, size_t length);
  void begin_block(barrier_output& output, size_t bytes);
  void keep_free(std::unique_ptr<char[]> memory);
  /// More full blocks are in memory than should be.
  bool presses_on_disk() const;
  void carry_to_disk(std::unique_lock<std::mutex>& guard);
  void note_wait(int64_t taken_ns);
  void note_sent(std::span<const uint32_t> changed);
  void tell_complete();

  urgent_function urgent_;
  /// Of the first barrier.
  uint32_t first_ = 0;
  uint64_t first_commit_ = 0;
  std::atomic<uint64_t> tellings_{0};
  reading_taker* const gathered_;
  /// The committer's; whether it takes more is under the lock.
  const std::unique_ptr<state_spool> spool_;
  bool spool_full_ = false;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::unique_ptr<barrier_output>> open_;
  answer_book book_;
  uint32_t told_complete_ = 0;
  /// The barrier that the committer is at; 0: none.
  uint32_t at_work_ = 0;
  std::vector<const sensor_context*> contexts_;
  /// Where in its barrier's output a sensor's newest state lies, and its newest whole one.
  std::vector<uint32_t> answer_index_, whole_index_;
  std::vector<uint8_t> idle_;
  std::vector<std::unique_ptr<char[]>> free_blocks_;
  bool stopped_ = false;
  // Counted at each message: on a line of its own.
  alignas(64) std::atomic<uint64_t> judged_{0};
  delay_samples waits_;
  alignas(64) std::atomic<uint32_t> committed_{0};
  std::atomic<int64_t> commit_ms_{0};
  /// The committer's: the last one alone.
  milliseconds last_took_{0};
};

} // namespace millwright
