#include "actors/alarm/page_spacing.hpp"

#include <tuple>

namespace millwright {

namespace {

sensor_key sensor_of(const condition_key& x) {
  return {x.facility, x.sensor};
}

} // namespace

void page_spacing::add(const alarm_record& x) {
  if (!concerns(x.raise.condition) || (x.told_wall == never && !x.held_back))
    return;
  const auto sensor = sensor_of(x.raise.condition);
  if (x.told_wall != never) {
    const last_page mine{x.id(), x.told_at, x.told_wall, x.acknowledged && x.state != alarm_state::active};
    const auto at = last_.find(sensor);
    if (at == last_.end())
      last_.emplace(sensor, mine);
    else if (std::tie(at->second.wall, at->second.at) <= std::tie(mine.wall, mine.at))
      at->second = mine;
  }
  if (x.held_back) {
    held_[sensor] = x.id();
    until_.emplace(held_until(x), x.id());
  }
  look(sensor);
}

void page_spacing::remove(const alarm_record& x) {
  if (!concerns(x.raise.condition) || (x.told_wall == never && !x.held_back))
    return;
  const auto sensor = sensor_of(x.raise.condition);
  if (const auto at = last_.find(sensor); at != last_.end() && at->second.alarm == x.id())
    last_.erase(at);
  if (const auto at = held_.find(sensor); at != held_.end() && at->second == x.id())
    held_.erase(at);
  until_.erase({held_until(x), x.id()});
  free_.erase(x.id());
  look(sensor);
}

// It may have been held back before a restart with another setting.
event_time page_spacing::held_until(const alarm_record& x) const {
  return std::min(x.held_until, x.held_since + again_after_);
}

void page_spacing::look(const sensor_key& sensor) {
  const auto held = held_.find(sensor);
  if (held == held_.end())
    return;
  const auto last = last_.find(sensor);
  if (last == last_.end() || last->second.settled)
    free_.insert(held->second);
  else
    free_.erase(held->second);
}

std::optional<page_spacing::last_page> page_spacing::blocks(const alarm_transition& x, event_time now) const {
  if (!concerns(x.condition) || again_after_ == milliseconds{0})
    return std::nullopt;
  const auto at = last_.find(sensor_of(x.condition));
  if (at == last_.end() || at->second.alarm == x.alarm || at->second.settled || x.at >= at->second.at + again_after_ ||
      now >= at->second.wall + again_after_)
    return std::nullopt;
  return at->second;
}

event_time page_spacing::due() const {
  if (!free_.empty())
    return never;
  return until_.empty() ? forever : until_.begin()->first;
}

std::optional<uuid> page_spacing::next(event_time now) const {
  if (!free_.empty())
    return *free_.begin();
  if (!until_.empty() && until_.begin()->first <= now)
    return until_.begin()->second;
  return std::nullopt;
}

} // namespace millwright
