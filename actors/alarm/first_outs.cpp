#include "actors/alarm/first_outs.hpp"

#include <algorithm>

namespace millwright {

bool first_outs::may_follow(rule child, rule first) {
  return child != rule::limit || first == rule::limit || first == rule::rate;
}

// A sensor without equipment is its own unit, whatever its name.
first_outs::unit_key first_outs::unit_of(const condition_key& x) {
  return {x.facility, x.unit.empty() ? "s" + x.sensor.text : "u" + x.unit.text};
}

bool first_outs::is_first(const alarm_record& x) {
  return concerns(x.latest.condition) && x.state == alarm_state::active && x.pages && !x.paged_to.empty() &&
         !x.acknowledged && !x.shelved && !x.held && !x.members && !x.is_child();
}

void first_outs::add(const alarm_record& x) {
  if (is_first(x)) {
    firsts_[unit_of(x.latest.condition)].emplace(x.onset, x.id(), x.latest.condition.which);
    standing_.insert(x.id());
    look(x.id());
  }
  if (!x.is_child())
    return;
  auto& mine = families_[x.child_of];
  if (x.members) {
    mine.groups[x.id()] = {x.told_wall, x.state == alarm_state::active};
  } else if (x.unnamed_child()) {
    mine.by_since.emplace(x.held_since, x.id());
    mine.standing += x.state == alarm_state::active;
    ++waiting_;
  }
  look(x.child_of);
}

void first_outs::remove(const alarm_record& x) {
  if (is_first(x)) {
    const auto at = firsts_.find(unit_of(x.latest.condition));
    at->second.erase({x.onset, x.id(), x.latest.condition.which});
    if (at->second.empty())
      firsts_.erase(at);
    standing_.erase(x.id());
    look(x.id());
  }
  if (!x.is_child())
    return;
  auto& mine = families_[x.child_of];
  if (x.members) {
    mine.groups.erase(x.id());
  } else if (x.unnamed_child()) {
    mine.by_since.erase({x.held_since, x.id()});
    mine.standing -= x.state == alarm_state::active;
    --waiting_;
  }
  look(x.child_of);
}

event_time first_outs::told_last(const children& x) const {
  auto out = never;
  for (const auto& [id, group] : x.groups)
    out = std::max(out, group.told);
  return out;
}

void first_outs::look(const uuid& first) {
  const auto at = families_.find(first);
  if (at == families_.end())
    return;
  auto& x = at->second;
  by_due_.erase({x.due, first});
  x.due = forever;
  if (!x.by_since.empty()) {
    const auto told = told_last(x);
    x.due = std::max(x.by_since.begin()->first + limits_.after, told == never ? never : told + limits_.every);
    by_due_.emplace(x.due, first);
  }
  if (x.standing > 0 && !standing_.contains(first))
    orphaned_.insert(first);
  else
    orphaned_.erase(first);
  if (x.by_since.empty() && x.groups.empty())
    families_.erase(at);
}

std::optional<uuid> first_outs::ahead_of(const alarm_record& x) const {
  const auto& condition = x.latest.condition;
  if (limits_.within.count() == 0 || x.onset == never || x.members || !concerns(condition))
    return std::nullopt;
  const auto at = firsts_.find(unit_of(condition));
  if (at == firsts_.end())
    return std::nullopt;
  for (const auto& [onset, id, which] : at->second) {
    if (onset > x.onset)
      break;
    if (x.onset - onset <= limits_.within && id != x.id() && may_follow(condition.which, which))
      return id;
  }
  return std::nullopt;
}

first_outs::family first_outs::family_of(const uuid& first, const children& x) const {
  family out;
  out.first = first;
  for (const auto& [since, id] : x.by_since)
    out.children.push_back(id);
  for (const auto& [id, group] : x.groups)
    if (group.open)
      out.group = id;
  return out;
}

std::optional<first_outs::family> first_outs::orphaned() const {
  if (orphaned_.empty())
    return std::nullopt;
  return family_of(*orphaned_.begin(), families_.at(*orphaned_.begin()));
}

std::optional<first_outs::family> first_outs::due_family(event_time now) const {
  if (by_due_.empty())
    return std::nullopt;
  const auto& [at, first] = *by_due_.begin();
  const auto& x = families_.at(first);
  // A clock that has been set back makes nobody wait for longer.
  if (at > now && x.by_since.begin()->first <= now && told_last(x) <= now)
    return std::nullopt;
  return family_of(first, x);
}

event_time first_outs::due(event_time now) const {
  if (!orphaned_.empty())
    return now;
  if (by_due_.empty())
    return forever;
  return due_family(now) ? now : by_due_.begin()->first;
}

} // namespace millwright
