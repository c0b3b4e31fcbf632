#pragma once

#include "actors/route/route_table.hpp"
#include "protocol/alarm_record.hpp"

#include <map>
#include <set>
#include <utility>

namespace millwright {

/// Of whom people are told again.
struct reminder_limits {
  /// Alarms of this severity and above.
  severity level = severity::critical;
  /// One that somebody has acknowledged, and that still stands so long after, wants another acknowledgement; 0: never.
  /// Where its routes ask a calendar, it is the next change of shift in that, sooner or later, that counts.
  milliseconds acknowledged_for{0};
};

/// Knows, of what the records say, when people are to be told again of an alarm that stands: while nobody acknowledges
/// it, as its routes have it (see route_table::remind), and when the acknowledgement is old. By the wall clock: it is
/// people who are waited for. Pure; a restart changes nothing, and what fell due meanwhile is due once. A clock that
/// was ahead and is set back by more than `clock_slack` makes people wait no longer: it counts from then on.
class page_reminders {
public:
  static constexpr milliseconds clock_slack{10 * 60'000};

  explicit page_reminders(reminder_limits limits) : limits_{limits} {}

  /// A record is known from now on, or no more.
  void add(const alarm_record& x, const route_table& ways);
  void remove(const alarm_record& x);

  /// When to ask `next`; `forever`: nobody is waited for.
  event_time due(event_time now) const;
  /// An alarm of which people may be to be told again at `now`. It is looked at once: where its routes tell nobody,
  /// not again before the next moment.
  std::optional<uuid> next(event_time now, const route_table& ways);

  /// Its times are of a clock that has been set back since; and: they are of now.
  static bool beyond(const alarm_record& x, event_time now) { return newest_of(x) > now + clock_slack; }
  static void set_back(alarm_record& x, event_time now);

private:
  /// Since when somebody is waited for, at the latest.
  static event_time newest_of(const alarm_record& x);
  bool concerns(const alarm_record& x) const;
  event_time due_of(const alarm_record& x, const route_table& ways) const;

  reminder_limits limits_;
  struct looked {
    event_time since = never, due = forever, newest = never;
  };
  std::map<uuid, looked> known_;
  std::set<std::pair<event_time, uuid>> by_due_, by_newest_;
};

} // namespace millwright
