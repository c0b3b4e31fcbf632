#pragma once

#include "protocol/alarm_record.hpp"
#include "protocol/flood_watch.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What people ask about alarms, and what they get. No messages: answers come from what the router has published
/// (actors/alarm/alarm_board.hpp), never from its thread.
namespace millwright {

struct list_alarms {
  uint32_t limit = 100;
  /// Leave out what is cleared.
  bool only_active = false;
  /// What pages nobody by its rule, in place of what pages or has paged.
  bool observations = false;
};

struct alarm_list {
  /// Active before cleared, unacknowledged before acknowledged, then by priority and age, newest first.
  std::vector<alarm_record> alarms;
  /// How many there are in all.
  uint64_t total = 0;
  /// As alarm_status has it.
  std::optional<flood_period> flood;
  uint64_t lately = 0;
};

struct alarm_status {
  /// Alarms and observations that are kept, cleared ones as well.
  uint64_t alarms = 0;
  /// Not cleared; and of these, by severity.
  uint64_t active = 0;
  std::array<uint64_t, 5> by_severity{};
  /// Of the active ones, those that are shelved; and what is shelved, the next to end first. Null: nothing.
  uint64_t shelved = 0;
  std::shared_ptr<const std::vector<alarm_shelf>> shelves;
  /// Observations that are not cleared: not among `active`.
  uint64_t observations = 0;
  /// Somebody was paged, and nobody has acknowledged.
  uint64_t unacknowledged = 0;
  /// More alarms than people can follow; none: there are not. And how many came in the last ten minutes.
  std::optional<flood_period> flood;
  uint64_t lately = 0;
  uint64_t taken = 0, repeated = 0, gaps = 0, late = 0, not_repeated = 0;
  uint64_t alerts = 0, notices = 0, sent = 0, failed = 0, retries = 0;
  /// Pages that wait for their channel.
  uint64_t pending = 0;
  /// The journal cannot be written: pages go out from memory and may repeat. `journal_error` says why. Or it cannot be
  /// read: what waits in it is late.
  bool journal_failing = false;
  std::string journal_error;
  /// The newest few that paged somebody, newest first.
  std::vector<std::shared_ptr<const alarm_record>> newest_paged;
};

} // namespace millwright
