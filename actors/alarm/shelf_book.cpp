#include "actors/alarm/shelf_book.hpp"

#include "protocol/id_digits.hpp"

#include <algorithm>

namespace millwright {

namespace {

bool is_called(const alarm_shelf& x, std::string_view name, const std::optional<std::string>& digits) {
  if (x.what == alarm_shelf::scope::alarm)
    return digits && begins_with(x.alarm, *digits);
  const auto& id = x.what == alarm_shelf::scope::sensor ? x.of.sensor.text : x.of.unit.text;
  return id == name || x.of.facility.text + '/' + id == name;
}

} // namespace

shelf_book::key shelf_key_of_alarm(const condition_key& x) {
  shelf_book::key out{alarm_shelf::scope::alarm, x};
  if (!x.sensor.empty())
    out.second.unit = {};
  return out;
}

void shelf_book::keep(alarm_shelf x) {
  x.until = std::min(x.until, x.since + most_);
  const auto which = key_of(x);
  if (const auto before = find(which)) {
    by_end_.erase({before->until, which});
    by_begin_.erase({before->since, which});
  }
  by_end_.emplace(x.until, which);
  by_begin_.emplace(x.since, which);
  shelves_[which] = std::make_shared<const alarm_shelf>(std::move(x));
}

void shelf_book::restore(alarm_shelf x) {
  keep(std::move(x));
}

void shelf_book::put(alarm_shelf x) {
  const auto which = key_of(x);
  keep(std::move(x));
  changes_.push_back({which.first, which.second, *shelves_.at(which)});
}

bool shelf_book::remove(const key& which) {
  const auto at = shelves_.find(which);
  if (at == shelves_.end())
    return false;
  by_end_.erase({at->second->until, which});
  by_begin_.erase({at->second->since, which});
  shelves_.erase(at);
  changes_.push_back({which.first, which.second, std::nullopt});
  return true;
}

shelf_book::pointer shelf_book::find(const key& which) const {
  const auto at = shelves_.find(which);
  return at == shelves_.end() ? nullptr : at->second;
}

shelf_book::pointer shelf_book::over(const condition_key& x, event_time now) const {
  pointer out;
  if (shelves_.empty())
    return out;
  const auto look = [&](const key& which) {
    if (const auto found = find(which); found && lasts(*found, now) && (!out || found->until > out->until))
      out = found;
  };
  look(shelf_key_of_alarm(x));
  if (!x.sensor.empty())
    look({alarm_shelf::scope::sensor, shelf_of_sensor(x.facility, x.sensor).of});
  // What the node finds of itself is of no facility, and its subject is called like a unit.
  if (!x.unit.empty() && !x.facility.empty())
    look({alarm_shelf::scope::unit, shelf_of_unit(x.facility, x.unit).of});
  return out;
}

std::vector<shelf_book::pointer> shelf_book::named(std::string_view name, std::string_view facility,
                                                   std::string_view kind) const {
  const auto digits = id_digits(name);
  std::vector<pointer> out;
  for (const auto& [which, shelf] : shelves_)
    if ((kind.empty() || kind == name_of(shelf->what)) && (facility.empty() || facility == shelf->of.facility.text) &&
        is_called(*shelf, name, digits))
      out.push_back(shelf);
  return out;
}

event_time shelf_book::due(event_time now) const {
  if (shelves_.empty())
    return forever;
  return by_begin_.rbegin()->first > now + clock_slack ? now : by_end_.begin()->first;
}

std::vector<shelf_book::pointer> shelf_book::pass(event_time now) {
  std::vector<pointer> out;
  while (!by_end_.empty() && by_end_.begin()->first <= now) {
    out.push_back(shelves_.at(by_end_.begin()->second));
    remove(key_of(*out.back()));
  }
  while (!by_begin_.empty() && by_begin_.rbegin()->first > now + clock_slack) {
    out.push_back(shelves_.at(by_begin_.rbegin()->second));
    remove(key_of(*out.back()));
  }
  return out;
}

std::vector<alarm_shelf> shelf_book::all() const {
  std::vector<alarm_shelf> out;
  out.reserve(shelves_.size());
  for (const auto& [until, which] : by_end_)
    out.push_back(*shelves_.at(which));
  return out;
}

} // namespace millwright
