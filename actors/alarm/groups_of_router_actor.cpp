#include "actors/alarm/work_of_router_actor.hpp"

#include <algorithm>

// Alerts that are held, and groups of them.

namespace millwright {

namespace {

// The wall clock may be set meanwhile.
constexpr milliseconds longest_plan{60'000};

} // namespace

void alarm_router::pass() {
  if (!state_.book)
    return;
  const auto at = now();
  if (state_.book->due(at) <= at)
    for (const auto& each : state_.book->pass(at))
      note(each);
  note_shelves();
  const auto due = state_.book->due(at);
  if (due == forever || (due >= state_.next_pass && state_.next_pass > at))
    return;
  state_.next_pass = std::max(due, at + milliseconds{1});
  self_->delayed_send(self_, std::min(state_.next_pass - at, longest_plan), router_alarm_clock::groups_due);
}

void alarm_router::acknowledged(const alarm_book::acknowledgement& done) {
  changed(done.alarm);
  // A group is a message, no alarm of an owner's: its alarms are.
  if (const auto* record = state_.book->find(done.alarm); !record->members)
    tell_acknowledged(*record);
  for (const auto& each : done.members) {
    changed(each);
    tell_acknowledged(*state_.book->find(each));
  }
  // Receivers of states are told.
  note_delivery();
}

} // namespace millwright
