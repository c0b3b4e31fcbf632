#pragma once

#include "runtime/journal/journal.hpp"
#include "runtime/journal/journal_store.hpp"
#include "runtime/ledger/directory_lock.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>

namespace millwright {

struct lmdb_journal_settings {
  std::string directory;
  /// Address space reserved for the file; it grows on disk only as needed.
  uint64_t map_bytes = 8ull << 30;
  /// Finished pages, and their keys, are remembered this long.
  milliseconds retention{30 * 24 * 3'600'000ll};
  /// Requests that may wait; a caller beyond waits itself.
  size_t queue = 4096;
  /// So long pruning waits for a disk that does not answer.
  milliseconds patience{10'000};
  /// Told on the journal's thread when something was thrown there that nobody thought of: what was asked for fails, and
  /// the thread goes on. May be empty.
  std::function<void(const std::string& what)> broke = {};
};

/// The journal on disk: an LMDB environment of its own, so that a commit of the ledger never delays a page. One thread
/// writes; what was asked for while it synced goes together into its next transaction. A transaction that fails (a full
/// disk) fails every request in it, and the next one is tried all the same.
class lmdb_journal final : public journal {
public:
  /// Locks the directory, checks every page and record, opens. Throws failure (ledger_locked, journal_damaged,
  /// journal_unwritable).
  explicit lmdb_journal(lmdb_journal_settings settings);
  /// Writes what was asked for first.
  ~lmdb_journal() override;

  void write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) override;
  std::vector<outbox_entry> waiting(const channel_name& channel, const outbox_place* after, size_t limit) override;
  std::vector<outbox_entry> waiting_elsewhere(const std::vector<channel_name>& here) override;
  uint64_t waiting_count(const channel_name& channel) override;
  journal_content load(const std::function<void(alarm_record)>& each) override;

  void append_decision(const log_decision& entry) override;
  void remove_decision(const log_decision& entry) override;
  std::vector<log_decision> decisions(std::string_view split, uint64_t from) override;
  void prune_decisions(std::string_view split, uint64_t before) override;
  std::vector<notification_entry> notifications(uint64_t cursor, size_t limit) override;
  uint64_t cursor_before_newest(size_t last) override;
  journal_status status() override;

  /// What it has in common with its ledger (store_pair); none until it has been set.
  std::optional<uuid> pair_mark();
  /// Durable on return. A journal with nothing but its mark has not begun. Throws failure(journal_unwritable).
  void set_pair_mark(const uuid& mark);
  /// Any alarm, page, decision, or what was told of one.
  bool holds_anything();

private:
  using clock = std::chrono::steady_clock;
  /// Changes of the waiting counts, by channel prefix; they hold once the transaction has committed.
  using count_changes = std::map<std::string, int64_t>;
  using change_function = std::function<void(journal_transaction&, count_changes&, journal_result&)>;

  struct request {
    change_function change;
    std::function<void(journal_result)> done;
    clock::time_point asked;
    uint64_t number;
  };

  /// Returns its number.
  uint64_t submit(change_function change, std::function<void(journal_result)> done);
  void give_up(uint64_t number);
  /// Waits for the answer, if that takes no longer than `patience`; throws failure(journal_unwritable). What was given
  /// up is done all the same, perhaps: it must not matter then, nor hold on to what is the caller's.
  void submit_and_wait(change_function change, std::optional<milliseconds> patience = std::nullopt);
  void run();
  void commit(std::vector<request>& group);
  void tell_broken(const std::string& what) const;
  void reopen();
  void apply(const journal_batch& batch, journal_transaction& txn, count_changes& counts, journal_result& result);
  void finish_page(const outbox_change& change, journal_transaction& txn, count_changes& counts);
  void forget_old_notifications(journal_transaction& txn);
  /// What waits by channel, and the newest cursor, as they are there.
  void count(const journal_transaction& txn);
  void note_latency(clock::duration taken);
  void note_begun();
  template <class Function>
  auto read(Function&& function);

  lmdb_journal_settings settings_;
  directory_lock lock_;
  /// Exclusive for the moment in which `store_` changes: it is opened anew after a failure.
  std::shared_mutex store_mutex_;
  std::condition_variable_any opened_;
  bool opening_ = false;
  std::unique_ptr<journal_store> store_;
  uint64_t next_cursor_ = 1;
  /// The last transaction failed, and may have been committed all the same.
  bool uncertain_ = false;
  bool begun_ = false;

  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::vector<request> queue_;
  uint64_t asked_ = 0;
  bool stopping_ = false;
  std::map<std::string, int64_t> waiting_;
  journal_status status_;
  std::array<uint32_t, 1000> latencies_{};
  size_t latency_count_ = 0;
  std::thread thread_;
};

} // namespace millwright
