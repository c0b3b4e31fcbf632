#pragma once

#include "runtime/ledger/directory_lock.hpp"
#include "runtime/ledger/end_markers.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/ledger_totals.hpp"
#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/record_reader.hpp"
#include "runtime/ledger/record_writer.hpp"
#include "runtime/ledger/state_tables.hpp"
#include "runtime/ledger/state_writer.hpp"
#include "runtime/settings/settings.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>

namespace millwright {

/// The ledger in a directory of this machine: one LMDB environment, one transaction a commit, synced. Every record
/// carries a checksum. Results are kept by age and size; the oldest go as new ones come, a bounded number a commit.
class lmdb_ledger : public ledger {
public:
  using wall_clock = std::function<event_time()>;

  /// Opens or makes it and checks the whole file's structure, all states and, after an unclean end, all results, in a
  /// child process: call it before there are threads. Throws failure(ledger_locked), (ledger_unwritable),
  /// (ledger_damaged), (ledger_version).
  lmdb_ledger(const std::string& directory, const ledger_settings& settings, wall_clock clock = system_time);
  ~lmdb_ledger() override;

  void commit(const ledger_commit& batch) override;
  std::optional<stored_sensor> sensor(std::string_view key) override;
  void for_each_sensor(const state_visitor& visit) override;
  std::optional<ledger_state> actor(std::string_view key) override;
  void for_each_actor(const state_visitor& visit) override;
  recovered_state load() override;
  std::string identity() override;
  void set_identity(const std::string& identity) override;
  result_cursor read_results(result_kind kind, result_cursor after, size_t most_bytes,
                             const result_visitor& visit) override;
  result_cursor before_newest(result_kind kind, uint64_t rows) override;

  /// Number of the last commit; 0 when there was none.
  uint64_t commits();

  /// What it has in common with its alarm journal (runtime/journal/store_pair); none until it has been set.
  std::optional<uuid> pair_mark();
  /// Durable on return. Throws failure(ledger_unwritable).
  void set_pair_mark(const uuid& mark);

  /// Disk space of the stored results as of the last commit. Thread: any.
  uint64_t stored_result_bytes();

  static event_time system_time();

private:
  /// Runs `work` while the environment cannot be reopened; LMDB's errors become failures.
  template <class Work>
  auto guarded(Work work);
  void check_newest();
  /// Throws lmdb_error while it could not be opened anew.
  const lmdb_environment& opened() const;
  bool in_panic() const;
  /// Leaves none open when it fails: the next commit tries again.
  void open_anew();
  void write(const lmdb_transaction& txn, const ledger_commit& batch, state_writer& states, ledger_totals& totals);
  ledger_totals read_totals(const lmdb_transaction& txn);
  record_view checked(const lmdb_cursor& cursor) const;
  /// A whole state and what has changed since.
  ledger_state joined(state_tables in, const state_entry& whole, const std::optional<state_entry>& changes) const;
  std::optional<ledger_state> find(state_tables in, std::string_view key);
  void visit_all(state_tables in, const state_visitor& visit);

  const std::string directory_;
  const std::string data_path_ = directory_ + "/data.mdb";
  const uint64_t map_bytes_, result_bytes_;
  const milliseconds result_age_;
  const wall_clock clock_;
  directory_lock lock_;
  end_markers markers_;
  std::mutex writer_;
  /// Held shared by whoever uses the environment.
  std::shared_mutex environment_use_;
  std::unique_ptr<lmdb_environment> environment_;
  /// A commit failed at its very end: it may yet be there when the environment is opened anew.
  bool uncertain_ = false;
  /// Damaged results that retention met.
  std::set<std::string> told_damaged_;
  result_packer packer_;
};

} // namespace millwright
