#include "actors/alarm/page_reminders.hpp"

#include <algorithm>

namespace millwright {

// What a group tells, or what waits, is told by others in time.
bool page_reminders::concerns(const alarm_record& x) const {
  return x.state == alarm_state::active && !x.members && !x.held && !x.shelved && !x.paged_to.empty() &&
         x.latest.level >= limits_.level && x.waits_since != never;
}

event_time page_reminders::due_of(const alarm_record& x, const route_table& ways) const {
  if (x.acknowledged)
    return limits_.acknowledged_for.count() == 0 || x.acknowledged_at == never
               ? forever
               : x.acknowledged_at + limits_.acknowledged_for;
  return ways.next_reminder({x.waits_since, x.told_wall});
}

void page_reminders::add(const alarm_record& x, const route_table& ways) {
  if (!concerns(x))
    return;
  const auto due = due_of(x, ways);
  if (due == forever)
    return;
  known_[x.id()] = {x.acknowledged ? never : x.waits_since, due};
  by_due_.emplace(due, x.id());
}

void page_reminders::remove(const alarm_record& x) {
  const auto at = known_.find(x.id());
  if (at == known_.end())
    return;
  by_due_.erase({at->second.due, x.id()});
  known_.erase(at);
}

std::optional<uuid> page_reminders::next(event_time now, const route_table& ways) {
  if (by_due_.empty() || by_due_.begin()->first > now)
    return std::nullopt;
  const auto alarm = by_due_.begin()->second;
  by_due_.erase(by_due_.begin());
  auto& at = known_.at(alarm);
  at.due = at.since == never ? forever : ways.next_reminder({at.since, now});
  if (at.due == forever)
    known_.erase(alarm);
  else
    by_due_.emplace(at.due, alarm);
  return alarm;
}

} // namespace millwright
