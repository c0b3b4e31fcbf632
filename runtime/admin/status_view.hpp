#pragma once

#include "protocol/alarm_questions.hpp"
#include "protocol/load.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"
#include "runtime/admin/plant_counts.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

enum class node_condition : uint8_t {
  ok,
  source_unreachable,
  ledger_failing,
  journal_failing,
  paging_failing,
  stopping
};

/// "ok", "source unreachable" and so on.
std::string_view name_of(node_condition which);

/// What a person is shown of a running node, at one moment. Plain figures: whoever knows the node fills them in.
struct status_view {
  struct paged {
    event_time at = never;
    severity level{};
    /// False: cleared.
    bool active = true;
    bool acknowledged = false;
    std::string short_id;
    std::string text;
  };

  node_condition condition = node_condition::ok;
  /// What the readings come from, in words; may be empty.
  std::string source;
  /// Wall clock.
  event_time now = never;
  milliseconds uptime{0};
  /// Watermark; `never` before the first reading.
  event_time plant_time = never;

  /// Totals since the start: taken from the source; judged by actors; rejected as unreadable.
  uint64_t taken = 0, judged = 0, rejected = 0;
  /// Records that the source has beyond what was taken.
  uint64_t backlog = 0;
  /// A second; `terminal_status` computes them from the totals.
  double taken_rate = 0, judged_rate = 0;

  uint64_t sensors = 0, quarantined = 0, restarts = 0, anomalies = 0;
  /// What stands above the sensors.
  plant_counts plant;

  uint64_t commits = 0, commit_ms = 0, commit_bytes = 0;
  /// Wall clock of the newest commit; `never` before the first.
  event_time last_commit = never;

  /// The newest sample of the node's load; none in its first second or so.
  std::optional<load_sample> load;

  /// Alarms that are not cleared, and observations: what is only shown.
  uint64_t active = 0, unacknowledged = 0, observations = 0;
  /// Of the active ones, those that page nobody since somebody shelved them.
  uint64_t shelved = 0;
  /// Since when there is a flood of alarms; `never`: there is none. And how many became such that page within the last
  /// ten minutes.
  event_time flood_since = never;
  uint64_t lately = 0;
  /// Active alarms by severity; all zero where unknown.
  std::array<uint64_t, 5> by_severity{};
  uint64_t sent = 0, pending = 0, failed = 0;
  /// Newest first.
  std::vector<paged> pages;
};

/// Fills in the figures of alarms and pages.
void add_alarms(status_view& view, const alarm_status& figures);

/// One JSON object.
void append_json(std::string& out, const status_view& x);

} // namespace millwright
