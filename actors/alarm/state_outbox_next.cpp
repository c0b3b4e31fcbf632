#include "actors/alarm/state_outbox.hpp"

#include <algorithm>
#include <utility>

// What is told next, and what became of it.

namespace millwright {

namespace {

// A receiver that does not want a state is asked again: somebody may have mended it.
constexpr milliseconds refused_for{3'600'000};

} // namespace

// What one message can say of it. That an acknowledgement was told before counts no more once it has changed: an end
// whose answer was lost may have come in between.
state_outbox::state state_outbox::step(const item& x, state want) const {
  if (how_.acknowledges && x.told.number != want.number)
    want.acknowledged = false;
  return want;
}

std::optional<page_order> state_outbox::next(event_time now, const alarm_lookup& find, uint64_t& next_sequence,
                                             delivery_effects& out) {
  if (!in_hand_.empty())
    return std::nullopt;
  ask_refused_again(now, find);
  if (now < next_try_)
    return std::nullopt;
  begin_round(now, find);
  auto states = std::make_shared<std::vector<alarm_now>>();
  auto room = how_.most;
  gather(room, find, *states, out);
  gather_again(room, find, *states);
  if (states->empty())
    return std::nullopt;
  page_order order;
  order.sequence = next_sequence++;
  order.attempts = failures_;
  auto& x = order.what;
  x.channel = name_;
  x.about = states->front().newest;
  x.kind = page_kind::notice;
  for (size_t i = 0; i < states->size(); ++i) {
    x.about.priority = std::max(x.about.priority, (*states)[i].newest.priority);
    if (!in_hand_[i].again && (*states)[i].is == alarm_now::what::stands)
      x.kind = page_kind::alert;
  }
  x.states = std::move(states);
  x.told_at = now;
  if (how_.resend.count() > 0)
    x.stands_until = now + how_.stands_for();
  in_hand_place_ = {x.about.priority, order.sequence};
  return order;
}

alarm_now state_outbox::take_in_hand(const uuid& alarm, item& x, const alarm_record* record, bool again) {
  const auto what = step(x, wanted(record));
  alarm_now out;
  if (record) {
    out.newest = record->latest;
    out.newest.condition = record->raise.condition;
    out.newest.raised_at = record->raise.raised_at;
    out.newest.taken_ns = 0;
    out.acknowledged = record->acknowledged;
    out.acknowledged_by = record->acknowledged_by;
  }
  out.newest.alarm = alarm;
  out.is = what.over                                                                ? alarm_now::what::over
           : how_.acknowledges && what.acknowledged && what.number == x.told.number ? alarm_now::what::acknowledged
                                                                                    : alarm_now::what::stands;
  if (out.is == alarm_now::what::stands && guide_)
    out.guidance = guide_(out.newest.condition);
  in_hand_.push_back({alarm, what, again, out.newest.at, out.newest.priority});
  x.in_hand = x.tried = true;
  return out;
}

void state_outbox::gather(size_t& room, const alarm_lookup& find, std::vector<alarm_now>& states,
                          delivery_effects& out) {
  for (auto at = turns_.begin(); at != turns_.end() && states.size() < room;) {
    const auto alarm = at->second;
    auto& x = items_.at(alarm);
    const auto* record = find(alarm);
    if (!on_disk(alarm, record)) {
      at = turns_.erase(at);
    } else if (!x.tried && wanted(record).over) {
      // It came and went before anybody could be told.
      at = turns_.erase(at);
      forget(alarm, out);
    } else if (states.size() >= x.together) {
      ++at;
    } else {
      room = std::min(room, x.together);
      at = turns_.erase(at);
      states.push_back(take_in_hand(alarm, x, record, false));
    }
  }
}

void state_outbox::gather_again(size_t& room, const alarm_lookup& find, std::vector<alarm_now>& states) {
  while (!round_.empty() && states.size() < room) {
    const auto alarm = round_.front();
    const auto at = items_.find(alarm);
    const auto* record = find(alarm);
    if (at == items_.end() || at->second.differs || at->second.in_hand || at->second.refused || !stands(record)) {
      round_.pop_front();
      continue;
    }
    auto& x = at->second;
    if (states.size() >= x.together)
      return;
    room = std::min(room, x.together);
    round_.pop_front();
    states.push_back(take_in_hand(alarm, x, record, true));
  }
}

// One that is not over yet goes on: while the receiver was down it waited, and the next counts from its first success.
void state_outbox::begin_round(event_time now, const alarm_lookup& find) {
  if (how_.resend.count() <= 0 || !round_.empty() || now < round_due_)
    return;
  round_due_ = now + how_.resend;
  round_heard_ = false;
  for (const auto& [alarm, x] : items_)
    if (!x.differs && !x.refused && x.told.number > 0 && find(alarm))
      round_.push_back(alarm);
}

bool state_outbox::report(const outbox_place& place, const delivery_verdict& verdict, event_time now,
                          const alarm_lookup& find, uint64_t& next_sequence, delivery_effects& out) {
  using answer = delivery_verdict::answer;
  if (in_hand_.empty() || in_hand_place_ != place)
    return false;
  const auto all = std::exchange(in_hand_, {});
  const bool again = std::any_of(all.begin(), all.end(), [](const told_one& x) { return x.again; });
  if (verdict.what == answer::taken && again && !std::exchange(round_heard_, true))
    round_due_ = now + how_.resend;
  for (const auto& each : all)
    if (const auto at = items_.find(each.alarm); at != items_.end())
      at->second.in_hand = false;
  if (verdict.what == answer::try_again) {
    ++failures_;
    next_try_ = now + verdict.wait;
  } else {
    failures_ = 0;
    next_try_ = never;
  }
  for (const auto& each : all) {
    if (verdict.what == answer::taken) {
      taken(each, verdict.detail, now, find, next_sequence, out);
    } else if (verdict.what == answer::refused_page && all.size() == 1) {
      refuse(each, verdict.detail, now, find, next_sequence, out);
    } else {
      // One of them may be what it does not want: in smaller messages that is found.
      if (const auto at = items_.find(each.alarm); at != items_.end() && verdict.what == answer::refused_page)
        at->second.together = all.size() / 2;
      tell_later(each, now, find);
    }
  }
  if (verdict.what == answer::try_again)
    spill_overdue(now, find, out);
  return true;
}

bool state_outbox::tells_news() const {
  return std::any_of(in_hand_.begin(), in_hand_.end(), [](const told_one& x) { return !x.again; });
}

void state_outbox::put_back(event_time now, const alarm_lookup& find) {
  for (const auto& each : std::exchange(in_hand_, {})) {
    if (const auto at = items_.find(each.alarm); at != items_.end())
      at->second.in_hand = false;
    tell_later(each, now, find);
  }
}

void state_outbox::tell_later(const told_one& x, event_time now, const alarm_lookup& find) {
  const auto at = items_.find(x.alarm);
  if (at == items_.end())
    return;
  if (x.again)
    round_.push_front(x.alarm);
  judge(x.alarm, at->second, find(x.alarm), now);
}

void state_outbox::taken(const told_one& x, const std::string& detail, event_time now, const alarm_lookup& find,
                         uint64_t& next_sequence, delivery_effects& out) {
  const auto at = items_.find(x.alarm);
  if (at == items_.end())
    return;
  at->second.together = ~size_t{0};
  const auto* record = find(x.alarm);
  if (!x.again && (x.what.over || x.what.number != at->second.told.number))
    note(x, notification_outcome::sent, detail, next_sequence, out);
  if (x.what.over && !stands(record))
    return forget(x.alarm, out);
  // It is up again, and the receiver does not know.
  const auto known = x.what.over ? state{} : x.what;
  if (at->second.told != known)
    set_told(x.alarm, at->second, known, out);
  judge(x.alarm, at->second, record, now);
}

// Not for ever: it is told anew in a while, and at once when it has changed. An end too: an incident would stay.
void state_outbox::refuse(const told_one& x, const std::string& detail, event_time now, const alarm_lookup& find,
                          uint64_t& next_sequence, delivery_effects& out) {
  const auto at = items_.find(x.alarm);
  if (at == items_.end())
    return;
  if (!x.again)
    note(x, notification_outcome::failed, detail, next_sequence, out);
  const auto* record = find(x.alarm);
  if (!record)
    return forget(x.alarm, out);
  auto& known = at->second;
  rest(known);
  refused_.erase({known.ask_again, x.alarm});
  known.refused = x.what;
  known.ask_again = now + refused_for;
  refused_.emplace(known.ask_again, x.alarm);
  if (stands(record))
    out.undeliverable.emplace_back(standing_page(name_, *record, record->latest.number), detail);
  judge(x.alarm, known, record, now);
}

void state_outbox::ask_refused_again(event_time now, const alarm_lookup& find) {
  while (!refused_.empty() && refused_.begin()->first <= now) {
    const auto alarm = refused_.begin()->second;
    refused_.erase(refused_.begin());
    auto& x = items_.at(alarm);
    x.refused.reset();
    judge(alarm, x, find(alarm), now);
  }
}

// It goes on being told here, and over the others as well.
void state_outbox::spill_overdue(event_time now, const alarm_lookup& find, delivery_effects& out) {
  for (auto& [alarm, x] : items_) {
    if (!x.differs || x.spilled || x.since + limits_.give_up_after > counted(now))
      continue;
    x.spilled = true;
    const auto* record = find(alarm);
    if (stands(record))
      out.undeliverable.emplace_back(standing_page(name_, *record, record->latest.number),
                                     "not told in " + std::to_string(limits_.give_up_after.count() / 3'600'000) +
                                         " h; it is tried on");
  }
}

void state_outbox::note(const told_one& x, notification_outcome outcome, const std::string& detail,
                        uint64_t& next_sequence, delivery_effects& out) const {
  page known;
  known.channel = name_;
  known.about.alarm = x.alarm;
  known.about.number = x.what.number;
  known.about.at = x.at;
  known.about.priority = x.priority;
  const auto told = notification_of(known, outcome, detail);
  outbox_entry entry{std::move(known), next_sequence++, 0, never, never};
  const auto place = entry.place();
  // Into the outbox and out of it in one: what became of it is noted once.
  out.pages.push_back(std::move(entry));
  out.changes.push_back({place, told, 1, never});
}

} // namespace millwright
