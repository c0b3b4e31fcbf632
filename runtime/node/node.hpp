#pragma once

#include "runtime/barrier/ledger_consumer.hpp"
#include "runtime/decisions/decision_pruning.hpp"
#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/entry/driver.hpp"
#include "runtime/hosting/above_branch.hpp"
#include "runtime/hosting/actor_tree.hpp"
#include "runtime/hosting/actor_world.hpp"
#include "runtime/hosting/driver_questions.hpp"
#include "runtime/hosting/explained_sensor.hpp"
#include "runtime/hosting/plant_above.hpp"
#include "runtime/hosting/sensor_branch.hpp"
#include "runtime/hosting/supervise_root.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/node/node_branch.hpp"
#include "runtime/node/paging.hpp"
#include "runtime/node/root_supervisor.hpp"
#include "runtime/node/self_monitor.hpp"
#include "runtime/node/stop_limit.hpp"
#include "runtime/node/untold_alarms.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/transport/heartbeat.hpp"
#include "runtime/transport/start_channels.hpp"
#include "runtime/watch/channel_watch.hpp"
#include "runtime/watch/load_probe.hpp"
#include "runtime/watch/node_conditions.hpp"
#include "runtime/watch/node_status.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// A live node: one source, its sensors' actors, the ledger, alarms and their channels.
class node {
public:
  /// Opens ledger and journal and recovers what they hold. Call it before there are other threads: the ledger is
  /// checked in a child process. Throws `failure`.
  /// @param readings the source, in place of the one that the settings ask for.
  /// @param before_reading called by each sensor's actor before it takes a reading: fault tests throw from it.
  node(node_settings settings, channel_surroundings around, std::unique_ptr<source> readings = nullptr,
       std::function<void(const reading&)> before_reading = {});
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Runs until the source has no more readings or `stop` is called; then everything taken is judged and committed.
  /// Throws `failure` when the source fails for good.
  void run();

  /// Any thread; async-signal-safe. Where a thread of it hangs, so that it cannot end, it ends the process with 1
  /// after `stop_limit`: as if it were killed, which costs nothing but the time to read again what is not committed.
  void stop() { stopping_ = true; }

  const node_settings& settings() const { return settings_; }
  const node_status& status() const { return status_; }
  /// Readings judged since the start. Any thread.
  uint64_t judged() const { return outputs_->judged(); }
  ledger& results() { return *ledger_; }
  journal& alarms() { return *journal_; }
  /// Who is in memory, who sleeps. Any thread, while it runs.
  sensor_roster& sensors() { return *roster_; }
  /// Supervise the sensors' actors. Any thread, while it runs.
  const std::vector<shard_actor>& shards() const { return keeper_->shards(); }
  /// The living one: another one after it died.
  alarm_router_actor router() const { return alarms_->router(); }
  /// Whether router, channels and journal live. Any thread.
  bool pages() const { return root_->whole(); }
  /// Whether its heartbeat goes out: it reads, commits, and somebody can be paged. Any thread.
  bool well() const;
  /// The node ended itself: a part died that could not be begun anew, or again and again. Whoever started it should
  /// start it anew.
  bool broken() const { return broken_; }
  /// What watches the node itself.
  const self_monitor& monitor() const { return *monitor_; }
  /// What can be seen of the alarms without asking the router.
  const std::shared_ptr<alarm_board>& board() const { return alarms_->board(); }
  caf::actor_system& actors() { return world_->system(); }
  /// Units, lines, facilities and whatever else stands above the sensors.
  hosted_actors& above() { return above_->actors(); }
  /// Every actor of it, by name. While it runs.
  actor_tree& tree() { return tree_; }
  /// How the rules of a sensor stand, as of its last commit. None: nothing of it is committed. Any thread, while it
  /// runs. Throws failure(not_found) where the node does not answer in time.
  std::optional<explained_sensor> explain(const sensor_key& key);
  /// A person says something of a unit's maintenance; since when it holds. Any thread, while it runs. Throws
  /// failure(not_found) with the reason where it is not noted.
  event_time maintain(const maintenance_entry& said);
  /// A person has a sensor do something; since when it holds. Likewise.
  event_time say(const sensor_word& word);

private:
  template <class Say>
  event_time noted(Say say);
  void open_stores();
  void open_types();
  /// The source's identity is known. Throws failure(ledger_foreign_source).
  void belong_to(const std::string& identity);
  void recover_sensors();
  void tell_untold();
  /// That of the recovered commit.
  uint32_t newest_barrier() const;
  /// A barrier is a commit; 0 where it is long ago.
  uint32_t barrier_of(uint64_t commit) const;
  void start_above();
  void start_alarms();
  void grow_tree();
  void restore_conditions();
  void journal_fails(const std::string& why);
  void tell_journal(const std::string& why);
  void watch_end();

  node_settings settings_;
  channel_surroundings around_;
  node_status status_;
  std::atomic<bool> stopping_{false}, broken_{false};
  /// Outlives whatever may hang.
  std::optional<stop_limit> limit_;
  std::unique_ptr<ledger> ledger_;
  std::unique_ptr<journal> journal_;
  recovered_state recovered_;
  std::optional<sensor_type_table> types_;
  std::optional<rule_book> book_;
  std::unique_ptr<source> source_;
  std::optional<journal_decisions> decisions_;
  std::optional<decision_pruning> pruning_;
  std::optional<reading_parser> parser_;
  std::unique_ptr<actor_world> world_;
  std::optional<channel_watch> channels_;
  std::unique_ptr<root_supervisor> root_;
  /// Hears for it of the ends of actors.
  std::optional<tree_root> tree_root_;
  std::optional<paging> alarms_;
  std::optional<untold_alarms> untold_;
  std::optional<ledger_consumer> consumer_;
  std::optional<health_judge> judge_;
  std::optional<plant_above> above_;
  std::optional<collector> outputs_;
  std::optional<node_conditions> conditions_;
  std::optional<plant_join> plant_;
  std::optional<sensor_keeper> keeper_;
  std::optional<sensor_roster> roster_;
  std::optional<self_monitor> monitor_;
  std::optional<load_probe> load_;
  driver_questions questions_;
  std::optional<driver> driver_;
  std::optional<node_branch> own_branch_;
  std::optional<sensor_branch> sensor_branch_;
  std::optional<above_branch> above_branch_;
  actor_tree tree_;
  std::mutex told_mutex_;
  /// `driver_`, once it is there: for other threads.
  driver* told_ = nullptr;
  /// What the alarm journal suffers from.
  std::string journal_trouble_;
  /// Its directory.
  std::string journal_place_;
  std::optional<committer> committer_;
  std::optional<heartbeat> heartbeat_;
  /// The committer's thread.
  bool committed_once_ = false;
};

} // namespace millwright
