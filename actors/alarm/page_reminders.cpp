#include "actors/alarm/page_reminders.hpp"

#include <algorithm>

namespace millwright {

// What a group tells, or what waits, is told by others in time.
bool page_reminders::concerns(const alarm_record& x) const {
  return x.state == alarm_state::active && !x.members && !x.held && !x.shelved && !x.paged_to.empty() &&
         x.latest.level >= limits_.level && x.waits_since != never;
}

event_time page_reminders::newest_of(const alarm_record& x) {
  return x.acknowledged ? x.acknowledged_at : std::max(x.waits_since, x.told_wall);
}

void page_reminders::set_back(alarm_record& x, event_time now) {
  x.waits_since = std::min(x.waits_since, now);
  x.told_wall = std::min(x.told_wall, now);
  if (x.acknowledged)
    x.acknowledged_at = std::min(x.acknowledged_at, now);
}

event_time page_reminders::due_of(const alarm_record& x, const route_table& ways) const {
  if (x.acknowledged) {
    if (limits_.acknowledged_for.count() == 0 || x.acknowledged_at == never)
      return forever;
    // Who has acknowledged it goes home.
    const auto change = ways.next_change_of_shift(x.latest, x.acknowledged_at);
    return change == forever ? x.acknowledged_at + limits_.acknowledged_for : change;
  }
  return ways.next_reminder({x.waits_since, x.told_wall});
}

void page_reminders::add(const alarm_record& x, const route_table& ways) {
  if (!concerns(x))
    return;
  const auto due = due_of(x, ways);
  if (due == forever)
    return;
  const looked now{x.acknowledged ? never : x.waits_since, due, newest_of(x)};
  known_[x.id()] = now;
  by_due_.emplace(now.due, x.id());
  by_newest_.emplace(now.newest, x.id());
}

void page_reminders::remove(const alarm_record& x) {
  const auto at = known_.find(x.id());
  if (at == known_.end())
    return;
  by_due_.erase({at->second.due, x.id()});
  by_newest_.erase({at->second.newest, x.id()});
  known_.erase(at);
}

event_time page_reminders::due(event_time now) const {
  if (by_due_.empty())
    return forever;
  return by_newest_.rbegin()->first > now + clock_slack ? now : by_due_.begin()->first;
}

std::optional<uuid> page_reminders::next(event_time now, const route_table& ways) {
  if (by_due_.empty())
    return std::nullopt;
  if (const auto& [newest, alarm] = *by_newest_.rbegin(); newest > now + clock_slack)
    return alarm;
  if (by_due_.begin()->first > now)
    return std::nullopt;
  const auto alarm = by_due_.begin()->second;
  by_due_.erase(by_due_.begin());
  const auto at = known_.find(alarm);
  at->second.due = at->second.since == never ? forever : ways.next_reminder({at->second.since, now});
  if (at->second.due == forever) {
    by_newest_.erase({at->second.newest, alarm});
    known_.erase(at);
  } else {
    by_due_.emplace(at->second.due, alarm);
  }
  return alarm;
}

} // namespace millwright
