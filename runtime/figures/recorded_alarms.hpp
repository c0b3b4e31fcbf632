#pragma once

#include "runtime/figures/alarm_history.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace millwright {

/// The history of what a node has recorded, out of the rows that it gives: first all notifications, then the alarm
/// book, then all rows of alarms in their order. Lines that are none of these are left out. What happened before
/// `from`, or after `to`, is not kept.
class recorded_alarms {
public:
  recorded_alarms(event_time from, event_time to) : from_{from}, to_{to} {}

  /// Rows of `notifications`.
  void take_notifications(std::string_view lines);
  /// Rows of `millwright alarms --all`: the groups, which nobody else tells of.
  void take_book(std::string_view lines);
  /// Rows of `alarms`.
  void take_alarms(std::string_view lines);

  /// When all is taken.
  alarm_history finish();

  /// The oldest and newest that any row told of; `forever`, `never`: there was none.
  event_time oldest() const { return oldest_; }
  event_time newest() const { return newest_; }

private:
  struct told_row {
    std::set<std::string> channels;
    event_time at;
  };

  void take_notification(std::string_view line);
  void take_group(std::string_view line);
  void take_step(std::string_view line);
  void tell(const alarm_transition& x, const told_row& row);
  void note(event_time at);

  event_time from_, to_;
  event_time oldest_ = forever, newest_ = never;
  /// By alarm and number: what went out.
  std::map<std::pair<uuid, uint32_t>, told_row> sent_;
  /// Alarms of which somebody heard.
  std::unordered_set<uuid> heard_;
  /// The highest severity that an alarm was told at.
  std::unordered_map<uuid, severity> levels_;
  alarm_history history_;
};

/// The transition kind of a row; none where it names none.
std::optional<transition_kind> transition_kind_named(std::string_view name);

} // namespace millwright
