#include "actors/alarm/delivery_desk.hpp"

#include <algorithm>
#include <set>

// The desk's part of receivers that keep a state of each alarm.

namespace millwright {

// False: it is of no such receiver.
bool delivery_desk::restore_state(const told_change& x) {
  if (const auto at = states_.find(x.channel); at != states_.end()) {
    if (x.mark)
      at->second.states.restore(x.alarm, *x.mark);
    return true;
  }
  // Of this name there was such a receiver; the one that is there now was told nothing. The mark stays: should the
  // other come back, it hears what ended meanwhile, however long ago that is.
  if (!x.mark || !x.mark->of_states() || !lanes_.contains(x.channel))
    return false;
  auto& outbox = lanes_.at(x.channel).outbox;
  outbox.restore(x.alarm, *x.mark);
  // Nor is it a channel of an older version, which kept no marks.
  outbox.keep_marks(effects_);
  return true;
}

void delivery_desk::start_states(event_time now) {
  for (auto& [name, lane] : states_) {
    // Pages from when the channel was of another type: what they told of is told as it is now.
    std::set<uuid> waited;
    each_waiting(name, [&, &states = lane.states](const outbox_entry& each) {
      const auto& alarm = each.what.about.alarm;
      if (!each.what.digest && !states.knows(alarm) && !states.told_by_page(alarm))
        waited.insert(alarm);
      states.restore(each, find_);
      if (each.what.digest)
        for (const auto& member : each.what.digest->members)
          waited.insert(member.alarm);
      effects_.changes.push_back(
          {each.place(),
           notification_of(each.what, notification_outcome::grouped, "the channel tells states now, and pages no more"),
           each.attempts, never});
    });
    lane.states.begin(now, find_, effects_);
    // Of what has come and gone a receiver of states is told nothing: others are.
    for (const auto& alarm : waited)
      tell_as_over(alarm, now, &name);
  }
}

void delivery_desk::changed(const uuid& alarm, event_time now) {
  for (auto& [name, lane] : lanes_)
    lane.outbox.changed(alarm, find_, effects_);
  for (auto& [name, lane] : states_)
    lane.states.changed(alarm, now, find_, effects_);
}

void delivery_desk::written(const uuid& alarm) {
  for (auto& [name, lane] : states_)
    lane.states.written(alarm, find_);
}

void delivery_desk::serve_states(event_time now, milliseconds steady, std::vector<hand>& out) {
  for (auto& [name, lane] : states_) {
    note(name, lane.health.look(steady));
    if (const auto due = lane.health.due())
      wake_ = std::min(wake_, now + (*due - steady));
    if (!lane.taken || lane.credit == 0)
      continue;
    if (auto order = lane.states.next(now, find_, next_sequence_, effects_)) {
      --lane.credit;
      out.push_back({name, {{std::move(*order)}}});
      continue;
    }
    wake_ = std::min(wake_, lane.states.wake(now));
  }
}

const state_outbox* delivery_desk::states_of(const channel_name& channel) const {
  const auto at = states_.find(channel);
  return at == states_.end() ? nullptr : &at->second.states;
}

} // namespace millwright
