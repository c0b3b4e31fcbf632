#pragma once

#include "actors/alarm/alarm_journal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Something beside readings that decides (design 3): a change of metadata or rules, a split falling silent. Its place
/// in the log is before the reading at `position`.
struct log_decision {
  /// Name of the split, as the source gives it.
  std::string split;
  uint64_t position = 0;
  /// Order within one position.
  uint32_t sequence = 0;
  /// What the content is: "facilities", "sensors", "silence". Names the entries of which the newest is kept.
  std::string kind;
  std::string content;
};

/// A finished page with the place to go on reading from.
struct notification_entry {
  /// Rises; 0 is before all.
  uint64_t cursor = 0;
  notification what;
  /// Wall clock of the outcome.
  event_time recorded;
};

struct journal_status {
  uint64_t commits = 0;
  uint64_t failures = 0;
  /// Records whose checksum was wrong, and which were left out.
  uint64_t damaged = 0;
  /// Of the last thousand requests, from handed over to synced: median and 99th percentile, in microseconds.
  uint64_t median_us = 0, p99_us = 0;
};

/// What alarms, pages and decisions survive in. Functions may be called from any thread.
class journal : public alarm_journal {
public:
  /// Synced when it returns, however long that takes. Replaces an entry of the same place. Throws
  /// failure(journal_unwritable).
  virtual void append_decision(const log_decision& entry) = 0;
  /// Removes the entry of that place. Synced when it returns. Throws failure(journal_unwritable).
  virtual void remove_decision(const log_decision& entry) = 0;
  /// Entries of the split at or behind `from`, in order.
  virtual std::vector<log_decision> decisions(std::string_view split, uint64_t from) = 0;
  /// Drops the entries before `before`, but for the newest of each kind: what holds at `before` stays known. Throws
  /// failure(journal_unwritable), also where the disk has not answered for some time: then it may be done later.
  virtual void prune_decisions(std::string_view split, uint64_t before) = 0;

  /// Up to `limit` finished pages behind `cursor`, oldest first.
  virtual std::vector<notification_entry> notifications(uint64_t cursor, size_t limit) = 0;
  /// Where to start to get the newest `last` of them.
  virtual uint64_t cursor_before_newest(size_t last) = 0;

  virtual journal_status status() = 0;
};

} // namespace millwright
