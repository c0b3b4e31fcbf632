#pragma once

#include "runtime/journal/journal.hpp"

#include <map>
#include <mutex>
#include <set>

namespace millwright {

/// A journal that lasts as long as the process: for a node without a ledger, and for tests, which can let it fail.
/// Answers on the caller's thread.
class memory_journal final : public journal {
public:
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

  /// Every later write fails with this; with an empty text they succeed again.
  void fail_with(std::string error);
  /// Likewise for reads of alarms and waiting pages, which throw it.
  void fail_reads_with(std::string error);

private:
  void check_reading() const;
  void change(const outbox_change& x);

  std::mutex mutex_;
  std::string error_, read_error_;
  std::map<uuid, std::string> alarms_;
  std::map<channel_name, std::map<outbox_place, outbox_entry>> outbox_;
  /// Idempotency-Keys; true: finished.
  std::map<std::string, bool> keys_;
  std::vector<notification_entry> notifications_;
  std::map<std::pair<channel_name, uuid>, std::optional<told_mark>> told_;
  std::map<channel_name, event_time> digests_;
  std::map<shelf_book::key, alarm_shelf> shelves_;
  std::map<std::string, std::map<std::pair<uint64_t, uint32_t>, log_decision>, std::less<>> decisions_;
  journal_status status_;
};

} // namespace millwright
