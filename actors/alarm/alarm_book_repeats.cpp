#include "actors/alarm/alarm_book.hpp"

#include <algorithm>
#include <iterator>

// What comes again after a crash, and what comes in its place.

namespace millwright {

// What is decided by a reading comes again after a crash until its position is committed. What the node itself decides
// is dated by the wall clock: no replay repeats it.
void alarm_book::expect(alarm_record& record, const alarm_transition& x) {
  if (x.condition.which >= first_node_rule || x.position == no_position || x.committed)
    return;
  uncommitted_transition each{x.number};
  set_place(each, x);
  if (x.number == record.last_number + 1)
    each.decided = decided_transition{x.kind, x.level, x.at, x.pages,
                                      record.last_number > 0 && record.state == alarm_state::active};
  record.uncommitted.push_back(each);
}

void alarm_book::set_place(uncommitted_transition& of, const alarm_transition& x) {
  of.split = x.split;
  of.position = x.position;
  of.log = logs_[x.split];
  of.swept = x.swept;
  of.commit = x.swept ? x.commit : 0;
  uncommitted_[of.split].emplace(log_position{of.log, of.position}, x.alarm);
}

// The same readings give the same decisions, but not under other settings, nor in another version. A sweep comes at
// another time.
bool alarm_book::decided_otherwise(const alarm_record& record, const alarm_transition& x) const {
  // A sweep between a barrier's cut and its commit may count as committed with the positions of that: older versions
  // did not tell the two. Whoever says that it is over under the number of what stands has not decided that, nor has
  // who says that it stands under that of an end.
  if (x.number == record.last_number && x.kind != transition_kind::acknowledged &&
      (ends_alarm(x.kind) ? record.state == alarm_state::active : record.owner_ended.value_or(false)))
    return true;
  return std::any_of(record.uncommitted.begin(), record.uncommitted.end(), [&](const auto& each) {
    return each.number == x.number && each.awaited && each.decided &&
           (each.decided->kind != x.kind || each.decided->level != x.level || each.decided->pages != x.pages ||
            (each.decided->at != x.at && !each.swept && !x.swept));
  });
}

alarm_book::decision alarm_book::take_instead(place at, const alarm_transition& x, event_time now) {
  ++counters_.not_repeated;
  // What follows says by itself that the alarm is over, or stands again; but not that it stands still.
  const bool turns = ends_alarm(x.kind) || x.kind == transition_kind::reopened;
  const bool stood = at->second->state == alarm_state::active || !turns;
  auto out = take_back(at, "decided otherwise after a restart", x.number, stood, now);
  if (x.number == 1)
    change(at, [&](alarm_record& record) { record.raise = x; });
  auto then = take(x, now);
  then.pages.insert(then.pages.begin(), std::make_move_iterator(out.pages.begin()),
                    std::make_move_iterator(out.pages.end()));
  return then;
}

} // namespace millwright
