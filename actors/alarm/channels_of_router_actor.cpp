#include "actors/alarm/work_of_router_actor.hpp"

#include <algorithm>
#include <utility>

// Then page: what was decided goes to the desk, and from there to channels.

namespace millwright {

void alarm_router::note(const alarm_book::decision& decision) {
  changed(decision.alarm);
  for (const auto& each : decision.pages)
    state_.desk->add(each, now());
  for (const auto& [channel, known] : decision.absent)
    state_.desk->missed(channel, decision.alarm, known);
  note_delivery();
}

void alarm_router::note_delivery() {
  auto effects = state_.desk->effects();
  for (const auto& [alarm, channel] : effects.paged_also)
    if (state_.book->paged_also(alarm, channel))
      changed(alarm);
  for (const auto& [alarm, channel] : effects.not_paged)
    if (state_.book->not_paged(alarm, channel))
      changed(alarm);
  for (auto& each : effects.pages)
    state_.work.add(std::move(each));
  for (auto& each : effects.changes)
    state_.work.add(std::move(each));
  for (const auto& each : effects.told)
    state_.work.add(each);
  for (const auto& each : effects.digests)
    state_.work.add(each);
  for (const auto& each : state_.desk->news())
    if (state_.settings.heard)
      state_.settings.heard(each);
  // A receiver of states may be told now, too.
  if (!effects.paged_also.empty() || !effects.not_paged.empty())
    note_delivery();
}

void alarm_router::pull(const channel_pull& x, channel_actor channel) {
  auto& known = state_.channels[x.channel];
  const bool anew = known != channel;
  if (anew)
    known = std::move(channel);
  state_.desk->pull(x, anew);
  serve();
  publish();
}

void alarm_router::delivered(const delivery_report& x) {
  state_.desk->delivered(x, now(), state_.settings.steady_clock());
  note_delivery();
  flush();
  serve();
}

void alarm_router::serve() {
  if (state_.stopping || !state_.desk)
    return;
  const auto at = now();
  for (auto& [channel, orders] : state_.desk->serve(at, state_.settings.steady_clock()))
    self_->send(state_.channels[channel], std::move(orders));
  state_.desk->reads_ended(now());
  note_delivery();
  unreadable(state_.desk->read_error());
  if (state_.work.next().need_disk() && !state_.work.writing() && !state_.work.pausing())
    write();
  const auto wake = state_.desk->wake();
  if (wake < forever && (wake < state_.next_serve || state_.next_serve <= at)) {
    state_.next_serve = wake;
    self_->delayed_send(self_, std::max(wake - at, milliseconds{1}), router_alarm_clock::serve_channels);
  }
}

} // namespace millwright
