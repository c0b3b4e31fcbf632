#include "actors/alarm/state_outbox.hpp"

#include <algorithm>
#include <iterator>

// What a receiver knows of each alarm, and where that differs from what it is.

namespace millwright {

namespace {

constexpr auto told_as_state = told_mark::way::as_state, told_as_acknowledged = told_mark::way::as_acknowledged;

} // namespace

state_outbox::state state_outbox::wanted(const alarm_record* record) {
  if (!stands(record))
    return {record ? record->latest.number : 0, false, true};
  return {record->latest.number, record->acknowledged, false};
}

bool state_outbox::concerns(const alarm_record& record, const alarm_lookup& find) const {
  const auto paged = [&](const alarm_record& x) {
    return std::find(x.paged_to.begin(), x.paged_to.end(), name_) != x.paged_to.end();
  };
  if (paged(record))
    return true;
  const auto* group = record.in_group() ? find(record.group) : nullptr;
  return group && paged(*group);
}

// Of a member of a group it is the group's record that says who is told.
bool state_outbox::on_disk(const uuid& alarm, const alarm_record* record) const {
  return !unwritten_.contains(alarm) && !(record && record->in_group() && unwritten_.contains(record->group));
}

void state_outbox::restore(const uuid& alarm, const told_mark& mark) {
  if (const auto pages = mark.of_pages())
    as_pages_[alarm] = *pages;
  if (!mark.of_states() && !mark.behind)
    pages_unwritten_.insert(alarm);
  // What a channel of this name was told when it was of another type, this receiver was not; before that, perhaps.
  if (!mark.of_states() && !mark.open_state)
    return;
  auto& x = items_[alarm];
  x.tried = true;
  if (mark.of_states())
    x.told = {mark.number, mark.how == told_as_acknowledged, false};
}

// Its answer may have been lost, or the node died at it; of what is known for certain nothing is taken back.
void state_outbox::restore(const outbox_entry& entry, const alarm_lookup& find) {
  const auto& x = entry.what;
  if (x.digest) {
    for (const auto& member : x.digest->members)
      if (find(member.alarm)) {
        as_pages_[member.alarm] = {told_way::by_digest, 0, std::nullopt};
        pages_unwritten_.insert(member.alarm);
      }
    return;
  }
  if (ends_alarm(x) || !find(x.about.alarm))
    return;
  if (!may_be_there(entry) && !as_pages_.contains(x.about.alarm))
    return;
  const auto [at, unknown] = as_pages_.try_emplace(x.about.alarm);
  if (!unknown && x.kind == page_kind::alert)
    at->second.behind = severity::normal;
  pages_unwritten_.insert(x.about.alarm);
}

// While it is no ordinary channel it takes each alarm for what it was when it was last told of it.
void state_outbox::keep_pages(const alarm_lookup& find, delivery_effects& out) {
  for (auto at = as_pages_.begin(); at != as_pages_.end();) {
    auto& [alarm, told] = *at;
    const auto* record = find(alarm);
    if (record && !record->members && !told.behind && pages_unwritten_.contains(alarm))
      told.behind = record->paged_level;
    if (!record && !items_.contains(alarm))
      pages_unwritten_.insert(alarm);
    // Nothing can be said of what nobody knows any more.
    at = record ? std::next(at) : as_pages_.erase(at);
  }
  for (const auto& alarm : std::exchange(pages_unwritten_, {}))
    write_mark(alarm, out);
}

// A group has grown; what an alarm has risen to says its record.
void state_outbox::not_paged(const page& x, delivery_effects& out) {
  const auto at = as_pages_.find(x.about.alarm);
  if (at == as_pages_.end() || !x.members || x.kind != page_kind::alert || x.reminder ||
      at->second.behind == severity::normal)
    return;
  at->second.behind = severity::normal;
  write_mark(x.about.alarm, out);
}

void state_outbox::begin(event_time now, const alarm_lookup& find, delivery_effects& out) {
  for (const auto& alarm : std::exchange(restored_, {}))
    look(alarm, now, find, out);
  keep_pages(find, out);
  std::vector<uuid> lost;
  for (auto& [alarm, x] : items_)
    if (!find(alarm))
      lost.push_back(alarm);
  for (const auto& alarm : lost)
    // Who hears no more of it takes it to be over by itself.
    if (how_.resend.count() > 0)
      forget(alarm, out);
    else
      judge(alarm, items_.at(alarm), nullptr, now);
}

void state_outbox::changed(const uuid& alarm, event_time now, const alarm_lookup& find, delivery_effects& out) {
  unwritten_.insert(alarm);
  look(alarm, now, find, out);
}

void state_outbox::look(const uuid& alarm, event_time now, const alarm_lookup& find, delivery_effects& out) {
  const auto* record = find(alarm);
  if (record && record->members) {
    for (const auto& each : *record->members)
      look(each, now, find, out);
    return;
  }
  auto at = items_.find(alarm);
  if (at == items_.end()) {
    if (!stands(record) || record->shelved || !concerns(*record, find))
      return;
    at = items_.emplace(alarm, item{}).first;
    // On disk with the record: whatever becomes of the first try, the end is told.
    set_told(alarm, at->second, {}, out);
  }
  judge(alarm, at->second, record, now);
}

void state_outbox::judge(const uuid& alarm, item& x, const alarm_record* record, event_time now) {
  const auto want = wanted(record);
  // What is shelved is left as the receiver has it, until it is over or its shelf is.
  const bool left = record && record->shelved && stands(record);
  // What was refused is what a message can say: asked again for more it would be the same one.
  if (left || x.told == want || x.refused == step(x, want))
    return rest(x);
  if (x.refused) {
    refused_.erase({x.ask_again, alarm});
    x.refused.reset();
  }
  const int priority = record ? record->latest.priority : 0;
  if (!x.differs) {
    x.differs = true;
    x.spilled = false;
    x.since = counted(now);
    x.at = {-priority, next_turn_++};
    ++pending_;
  } else if (-priority < x.at.first) {
    turns_.erase(x.at);
    x.at.first = -priority;
  }
  if (!on_disk(alarm, record))
    turns_.erase(x.at);
  else if (!x.in_hand)
    turns_.emplace(x.at, alarm);
}

void state_outbox::rest(item& x) {
  if (!std::exchange(x.differs, false))
    return;
  turns_.erase(x.at);
  --pending_;
}

void state_outbox::forget(const uuid& alarm, delivery_effects& out) {
  const auto at = items_.find(alarm);
  if (at == items_.end())
    return;
  rest(at->second);
  refused_.erase({at->second.ask_again, alarm});
  items_.erase(at);
  write_mark(alarm, out);
}

void state_outbox::write_mark(const uuid& alarm, delivery_effects& out) const {
  const auto at = items_.find(alarm);
  const auto pages = as_pages_.find(alarm);
  std::optional<told_mark> mark;
  if (at != items_.end())
    mark = told_mark{at->second.told.acknowledged ? told_as_acknowledged : told_as_state, at->second.told.number};
  if (pages != as_pages_.end() && mark)
    mark->as_pages = pages->second;
  else if (pages != as_pages_.end())
    mark = told_mark{pages->second.how, pages->second.number, pages->second.behind};
  out.told.push_back({name_, alarm, mark});
}

void state_outbox::set_told(const uuid& alarm, item& x, const state& what, delivery_effects& out) const {
  x.told = what;
  write_mark(alarm, out);
}

void state_outbox::written(const uuid& alarm, const alarm_lookup& find) {
  unwritten_.erase(alarm);
  const auto free = [&](const uuid& id, const alarm_record* record) {
    const auto at = items_.find(id);
    if (at != items_.end() && at->second.differs && !at->second.in_hand && on_disk(id, record))
      turns_.emplace(at->second.at, id);
  };
  const auto* record = find(alarm);
  if (!record || !record->members)
    return free(alarm, record);
  for (const auto& each : *record->members)
    free(each, find(each));
}

void state_outbox::release() {
  unwritten_.clear();
  if (turns_.size() == pending_)
    return;
  for (const auto& [alarm, x] : items_)
    if (x.differs && !x.in_hand)
      turns_.emplace(x.at, alarm);
}

void state_outbox::clock_set_back(event_time now, milliseconds by) {
  not_tried_ -= by;
  const auto back = [&](event_time at) { return at > now ? std::max(now, at - by) : at; };
  next_try_ = back(next_try_);
  round_due_ = back(round_due_);
  for (const auto& [at, alarm] : std::exchange(refused_, {})) {
    auto& x = items_.at(alarm);
    x.ask_again = back(at);
    refused_.emplace(x.ask_again, alarm);
  }
}

event_time state_outbox::wake(event_time now) const {
  if (!in_hand_.empty())
    return forever;
  auto out = forever;
  if (!turns_.empty() || !round_.empty())
    out = now;
  else if (how_.resend.count() > 0 && !items_.empty())
    out = round_due_;
  if (!refused_.empty())
    out = std::min(out, refused_.begin()->first);
  return out == forever ? out : std::max(out, next_try_);
}

} // namespace millwright
