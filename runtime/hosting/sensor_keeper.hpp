#pragma once

#include "actors/sensor/sensor_actor.hpp"
#include "runtime/barrier/collector.hpp"
#include "runtime/hosting/entity_registry.hpp"
#include "runtime/hosting/reading_log.hpp"
#include "runtime/hosting/run_messages.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/hosting/sensor_workers.hpp"
#include "runtime/hosting/shard_actor.hpp"
#include "runtime/hosting/supervision.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace millwright {

/// Keeps the sensor actors alive and in step: spawns, feeds, restarts and forgets them, and leads barriers past them.
/// Everything but `died` belongs to the driver's thread, the only one that sends to sensors; so what a sensor gets is
/// in the order of the log, restarts included.
class sensor_keeper : public death_notice {
public:
  struct options {
    uint32_t shards = 1;
    uint32_t quarantine_restarts = 50;
    /// That sensors run on; 0: as many as cores but the driver's, at least one.
    int threads = 0;
    /// What stands above the sensors; null where nobody hosts it.
    entity_registry* above = nullptr;
    gathering* gathered = nullptr;
    /// Supervises the shards; none in a replay.
    root_actor root = {};
  };
  struct committed_state {
    stored_state state;
    /// The barrier of the whole state in front of it; 0: not of this run, nor of the last barriers before.
    uint32_t whole_at = 0;
  };
  /// The state last committed for a sensor, for a restart.
  using state_reader = std::function<committed_state(const sensor_key&)>;
  /// A reading that no actor takes any more, and why.
  using refusal = std::function<void(const reading&, const std::string& reason, bool quarantined)>;
  /// What whoever hosts the sensors hears of, on the driver's thread. None of it may be passed over.
  struct notices {
    refusal refused;
    /// The sensor's actor died again and again, and has no successor.
    std::function<void(uint32_t slot, const std::string& reason)> quarantined;
    /// A shard, or a thread that sensors run on, has ended, on that thread: the sensors cannot go on. May be empty.
    std::function<void(const std::string& part, const std::string& what)> broke = {};
    /// Of a sensor whose actor died: this was told at once, but no commit will hold it. `expected`: its successor may
    /// come to it again, or not: of a sweep at the death of who decided it, and of all of its actors where the
    /// successor goes on without a reading. Else its sensor is quarantined: of all of its actors, the smallest number
    /// of an alarm first. May be empty.
    std::function<void(const alarm_transition&, bool expected)> dropped = {};
  };

  sensor_keeper(caf::actor_system& system, const rule_book& book, collector& outputs, state_reader committed_state,
                notices tell, options given);
  ~sensor_keeper() override;

  sensor_registry& sensors() { return registry_; }
  const sensor_registry& sensors() const { return registry_; }
  const reading_log& log() const { return log_; }
  /// Until `stop`. Any thread.
  const std::vector<shard_actor>& shards() const { return shards_; }
  /// Which of them supervises the sensor in `slot`.
  uint32_t shard_of(uint32_t slot) const { return slot % static_cast<uint32_t>(shards_.size()); }
  uint32_t barrier() const { return barrier_; }
  uint64_t restarts() const { return supervision_.restarts(); }

  /// Readings of barrier `first` follow, which becomes commit number `commit` of the ledger. 0: nobody counts.
  void start(uint32_t first, uint64_t commit = 0);

  /// Spawns the actor of a sensor that the registry does not know.
  uint32_t admit(sensor_context context, committed_state stored);

  /// Gives the sensor a new context, from its next reading on.
  void replace_context(uint32_t slot, sensor_context context);

  /// Whether anybody stands for it above the sensors.
  bool stands_above(const entity_key& whom) const { return above_ && above_->find(whom); }
  /// It is told so behind the current barrier, if anybody stands for it.
  void tell_above(const entity_key& whom, hosted_notice notice) {
    if (const auto index = above_ ? above_->find(whom) : std::nullopt)
      above_->tell(barrier_, *index, std::move(notice));
  }

  /// Counts bytes that are held until the current barrier is committed, beside the readings.
  void charge(size_t bytes) { log_.charge(barrier_, bytes); }
  /// Keeps the reading, and adds it to its sensor's run, which `flush` sends. Its context and barrier are filled in.
  void send(uint32_t slot, reading& next);
  /// Sends every run, a message a sensor, in the order of the slots: neighbours in memory one after the other. What
  /// else was sent since the last flush gets its turn as well.
  /// @param taken_ns when the readings since the last flush were taken; steady clock.
  void flush(int64_t taken_ns);

  /// Tells the sensor that event time moved on; context and barrier of `time` are filled in. Nothing for one that
  /// sleeps, is quarantined or retired.
  void tick(uint32_t slot, sensor_tick time);

  /// The same by a person's word, which no actor's death takes away: a successor is told once more, at the same place
  /// between its readings, until that is committed. One that is not in memory is spawned; false: it is quarantined or
  /// retired.
  bool have_learn_anew(uint32_t slot, sensor_tick time);

  /// Ends the current barrier number; `fill` adds the driver's part to its output.
  template <class Fill>
  void cut(Fill fill) {
    flush(taken_ns_);
    std::erase_if(changed_, [&](uint32_t slot) { return registry_[slot].changed != barrier_; });
    const uint32_t ended = barrier_;
    barrier_ = outputs_.cut(changed_, fill);
    asking_.push_back({ended, std::move(changed_), 0});
    changed_ = {};
  }

  /// Whether any sensor was sent something behind the current number.
  bool changed() const { return !changed_.empty(); }

  /// Asks some sensors that have not answered a cut barrier yet; called again and again until nothing is open.
  void ask_quiet(size_t most);

  /// Frees what committed barriers held.
  void release();

  /// Restarts those that died, or quarantines them.
  void restart_dead();

  /// Ends the actor of a sensor that has long been silent; its next reading brings it back from the ledger.
  /// Only when nothing of it is uncommitted; returns whether it did.
  bool put_to_sleep(uint32_t slot);
  /// The sensor, put to sleep before, leaves its slot to others.
  void leave(uint32_t slot);
  /// Its state as last committed.
  committed_state committed(const sensor_key& key) const { return committed_state_(key); }

  /// Any thread: the shards' reports.
  void died(sensor_death death) override;

  /// Ends all actors and the threads that they run on; returns when they have.
  void stop();

private:
  struct asked {
    uint32_t barrier;
    std::vector<uint32_t> slots;
    size_t next;
  };

  /// What a sensor was told of its own, behind its reading `behind` (0: before the first of this run).
  struct word {
    uint32_t slot;
    reading_log::number behind;
    sensor_tick told;
  };
  struct uncommitted_reading {
    reading_log::number number;
    reading_place at;
  };

  shard_actor spawn_shard(uint32_t number, const root_actor& root);
  void spawn(uint32_t slot, uint32_t barrier, committed_state stored);
  template <class Message>
  void tell(const sensor_entry& to, Message&& message);
  void end(sensor_entry& entry);
  void send_runs();
  void change(uint32_t slot);
  std::vector<uncommitted_reading> uncommitted_readings(const sensor_entry& entry, uint32_t answered) const;
  std::vector<word> uncommitted_words(uint32_t slot, uint32_t answered) const;
  void repeat(const sensor_entry& to, const std::vector<uncommitted_reading>& readings, const std::vector<word>& words);
  void restart(const sensor_death& death);
  void refuse(const logged_reading& r, const std::string& reason, bool quarantined);
  void quarantine(const sensor_death& death);
  void tell_dropped(const sensor_death& death, supervision::verdict verdict);

  caf::actor_system& system_;
  /// Outlives the workers, and these all actors.
  run_messages messages_;
  std::unique_ptr<sensor_workers> workers_;
  const rule_book& book_;
  collector& outputs_;
  state_reader committed_state_;
  notices tell_;
  entity_registry* const above_;
  supervision supervision_;
  sensor_registry registry_;
  reading_log log_;
  std::vector<shard_actor> shards_;
  uint32_t barrier_ = 0;
  /// Newest barrier whose readings are gone.
  uint32_t released_ = 0;
  /// Sensors that were sent something behind the current number.
  std::vector<uint32_t> changed_;
  /// Whom to ask next; who owes what is known to the collector alone.
  std::deque<asked> asking_;
  /// Slots with a run: a bit each, and where the first and the last of them are.
  std::vector<uint64_t> runs_;
  size_t first_run_ = 0, last_run_ = 0;
  bool any_run_ = false;
  int64_t taken_ns_ = 0;
  /// Readings that killed their actor twice, until their barrier is committed.
  std::unordered_set<const logged_reading*> skipped_;
  /// In the order in which they were said, until their barriers are committed. Hardly ever any.
  std::vector<word> words_;
  std::mutex deaths_mutex_;
  std::vector<sensor_death> deaths_;
};

} // namespace millwright
