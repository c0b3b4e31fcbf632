#include "actors/alarm/page_groups.hpp"

#include <algorithm>

namespace millwright {

group_scope scope_of_group(const alarm_transition& x) {
  using size = group_scope::size;
  const auto& condition = x.condition;
  if (!condition.unit.empty())
    return {condition.which, condition.facility, size::unit, condition.unit.text};
  if (!x.evidence.line.empty())
    return {condition.which, condition.facility, size::line, x.evidence.line};
  return {condition.which, condition.facility, size::facility, {}};
}

page_groups::held_alert page_groups::held_of(const alarm_record& x) {
  const auto& alert = *x.held;
  held_alert out;
  out.which = alert.condition.which;
  out.facility = alert.condition.facility;
  out.line = alert.evidence.line;
  // A sensor without equipment is its own unit, whatever its name.
  out.has_unit = !alert.condition.unit.empty();
  out.unit = out.has_unit ? "u" + alert.condition.unit.text : "s" + alert.condition.sensor.text;
  out.since = x.held_since;
  out.until = x.held_until;
  out.at = alert.at;
  out.fresh = alert.fresh;
  return out;
}

void page_groups::add(const alarm_record& x) {
  if (gathered(x)) {
    auto mine = held_of(x);
    by_due_.emplace(mine.until, mine.at, x.id());
    places_[{mine.which, mine.facility}][mine.line][mine.unit].insert(x.id());
    held_.insert_or_assign(x.id(), std::move(mine));
  }
  if (x.in_group()) {
    auto& mine = groups_[x.group];
    mine.standing += x.state == alarm_state::active;
    if (x.group_waits)
      mine.waiting.insert(x.id());
    look(x.group, mine);
  }
  if (x.members) {
    auto& mine = groups_[x.id()];
    growing_.erase({update_due(mine), x.id()});
    mine.known = true;
    mine.ended = x.state != alarm_state::active;
    mine.scope = scope_of_group(x.raise);
    mine.told = x.told_wall;
    // What follows a first-out is told for that, and takes in nothing else.
    if (!x.is_child())
      by_scope_[mine.scope].insert(x.id());
    look(x.id(), mine);
  }
}

void page_groups::remove(const alarm_record& x) {
  if (gathered(x)) {
    const auto at = held_.find(x.id());
    if (at != held_.end()) {
      const auto& mine = at->second;
      by_due_.erase({mine.until, mine.at, x.id()});
      const auto place = places_.find({mine.which, mine.facility});
      const auto line = place->second.find(mine.line);
      const auto unit = line->second.find(mine.unit);
      unit->second.erase(x.id());
      if (unit->second.empty())
        line->second.erase(unit);
      if (line->second.empty())
        place->second.erase(line);
      if (place->second.empty())
        places_.erase(place);
      held_.erase(at);
    }
  }
  if (x.in_group()) {
    auto& mine = groups_[x.group];
    mine.standing -= x.state == alarm_state::active;
    mine.waiting.erase(x.id());
    look(x.group, mine);
  }
  if (x.members) {
    auto& mine = groups_[x.id()];
    growing_.erase({update_due(mine), x.id()});
    mine.known = false;
    if (const auto at = by_scope_.find(mine.scope); at != by_scope_.end()) {
      at->second.erase(x.id());
      if (at->second.empty())
        by_scope_.erase(at);
    }
    look(x.id(), mine);
  }
}

void page_groups::look(const uuid& id, const group& x) {
  if (x.known && x.ended == (x.standing > 0))
    turned_.insert(id);
  else
    turned_.erase(id);
  const std::pair growing{update_due(x), id};
  if (x.known && !x.waiting.empty())
    growing_.insert(growing);
  else
    growing_.erase(growing);
  if (!x.known && x.standing == 0 && x.waiting.empty())
    groups_.erase(id);
}

size_t page_groups::messages(const by_unit& units) const {
  size_t out = 0;
  for (const auto& [name, alarms] : units)
    out += alarms.size() >= limits_.least ? 1 : alarms.size();
  return out;
}

size_t page_groups::messages(const by_line& lines) const {
  size_t out = 0;
  for (const auto& [name, units] : lines) {
    const auto mine = messages(units);
    out += !name.empty() && mine >= limits_.least ? 1 : mine;
  }
  return out;
}

std::optional<uuid> page_groups::open_group(const group_scope& scope, event_time now) const {
  const auto at = by_scope_.find(scope);
  if (at == by_scope_.end())
    return std::nullopt;
  for (const auto& id : at->second)
    if (const auto& x = groups_.at(id); x.known && !x.ended && x.standing > 0 && now - x.told <= limits_.open_for)
      return id;
  return std::nullopt;
}

page_groups::step page_groups::decide(const uuid& alarm, const held_alert& x, event_time now) const {
  using size = group_scope::size;
  step out;
  out.alarms = {alarm};
  // It was held before a restart with another setting.
  if (limits_.least == 0)
    return out;
  // What has become old while it was held (the node was down) is the digest's.
  if (!x.fresh && now - x.at > limits_.told_late)
    return out;
  const group_scope unit{x.which, x.facility, size::unit, x.has_unit ? x.unit.substr(1) : std::string{}};
  const group_scope line{x.which, x.facility, size::line, x.line};
  const group_scope facility{x.which, x.facility, size::facility, {}};
  for (const auto& [scope, there] :
       {std::pair{unit, x.has_unit}, std::pair{line, !x.line.empty()}, std::pair{facility, true}})
    if (there)
      if (const auto id = open_group(scope, now)) {
        out.is = step::what::join;
        out.group = *id;
        return out;
      }
  const auto& lines = places_.at({x.which, x.facility});
  const auto& units = lines.at(x.line);
  const auto& own = units.at(x.unit);
  const auto gather = [&](const by_unit& all) {
    for (const auto& [name, alarms] : all)
      out.alarms.insert(out.alarms.end(), alarms.begin(), alarms.end());
  };
  const auto least = limits_.least;
  // The widest that they fill, each narrower one counting as the one page that it would be.
  out.is = step::what::form;
  if (messages(lines) >= least) {
    out.scope = facility;
    out.alarms.clear();
    for (const auto& [name, all] : lines)
      gather(all);
  } else if (!x.line.empty() && messages(units) >= least) {
    out.scope = line;
    out.alarms.clear();
    gather(units);
  } else if (x.has_unit && own.size() >= least) {
    out.scope = unit;
    out.alarms.assign(own.begin(), own.end());
  } else {
    out.is = step::what::alone;
  }
  return out;
}

event_time page_groups::due(event_time now) const {
  if (!turned_.empty())
    return now;
  auto out = forever;
  if (!by_due_.empty()) {
    const auto& [until, at, alarm] = *by_due_.begin();
    // A clock that has been set back makes nobody wait for longer.
    out = held_.at(alarm).since > now ? now : until;
  }
  if (!growing_.empty())
    out = std::min(out, groups_.at(growing_.begin()->second).told > now ? now : growing_.begin()->first);
  return out;
}

std::optional<page_groups::step> page_groups::next(event_time now) const {
  using what = step::what;
  if (!by_due_.empty()) {
    const auto& [until, at, alarm] = *by_due_.begin();
    const auto& x = held_.at(alarm);
    if (until <= now || x.since > now)
      return decide(alarm, x, now);
  }
  if (!turned_.empty()) {
    const auto& x = groups_.at(*turned_.begin());
    return step{x.ended ? what::reopen : what::end, x.scope, *turned_.begin(), {x.waiting.begin(), x.waiting.end()}};
  }
  if (!growing_.empty()) {
    const auto& [at, id] = *growing_.begin();
    const auto& x = groups_.at(id);
    if (at <= now || x.told > now)
      return step{what::update, x.scope, id, {x.waiting.begin(), x.waiting.end()}};
  }
  return std::nullopt;
}

} // namespace millwright
