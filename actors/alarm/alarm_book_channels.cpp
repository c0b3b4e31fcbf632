#include "actors/alarm/alarm_book.hpp"

#include <algorithm>

// Channels come and go with the configuration; alarms last.

namespace millwright {

route_choice alarm_book::choose(const alarm_record& record, const alarm_transition& x, event_time now) const {
  if (!record.members || ways_.routes().empty())
    return ways_.choose(x, now);
  route_choice out;
  for (const auto& each : *record.members)
    if (const auto member = records_.find(each); member != records_.end())
      out.add(ways_.choose(member->second->latest, now));
  return out.ways.empty() ? ways_.choose(x, now) : out;
}

bool alarm_book::left_by_all(const alarm_record& record, event_time now) const {
  return !record.paged_to.empty() &&
         std::none_of(record.paged_to.begin(), record.paged_to.end(),
                      [&](const auto& each) { return ways_.has(each); }) &&
         !choose(record, record.latest, now).ways.empty();
}

// Of a group it is not the severity alone that grows.
void alarm_book::note_absent(const alarm_record& record, const alarm_transition& x, decision& out) const {
  if (!record.members && x.level <= record.paged_level)
    return;
  for (const auto& each : record.paged_to)
    if (!ways_.has(each))
      out.absent.push_back({each, record.members ? severity::normal : record.paged_level});
}

bool alarm_book::rose_unheard(const alarm_record& record) {
  const auto& x = record.latest;
  return x.pages && x.condition.which != rule::state && record.paged_level != severity::normal &&
         x.level > record.paged_level;
}

std::vector<alarm_book::decision> alarm_book::adopt(event_time now, const known_to& knows) {
  std::vector<decision> out;
  for (auto at = records_.begin(); at != records_.end(); ++at) {
    const auto& known = *at->second;
    if (known.state != alarm_state::active || !known.pages)
      continue;
    // A group has channels of its own. What is held or shelved waits for its time, and who acknowledged what was held
    // knows of it.
    if (known.held || known.shelved || (known.acknowledged && known.back_unheard) ||
        (known.paged_to.empty() && (known.acknowledged || records_.contains(known.group))))
      continue;
    const bool nobody = known.paged_to.empty() || left_by_all(known, now);
    route_choice choice;
    if (nobody)
      choice = choose(known, known.latest, now);
    else
      for (const auto& each : known.paged_to)
        if (ways_.has(each) && !knows(each, at->first))
          choice.add(each, "");
    if (choice.ways.empty())
      continue;
    if (!nobody && rose_unheard(known))
      choice.add(choose(known, known.latest, now));
    decision told;
    told.alarm = at->first;
    change(at, [&](alarm_record& record) {
      if (nobody) {
        record.paged_level = severity::normal;
        record.group = {};
        record.group_waits = false;
        if (!record.members)
          record.child_of = {};
      }
      // A channel that was there once and is there again takes no number twice.
      ++record.latest.number;
      auto x = record.latest;
      x.fresh = false;
      alert(record, choice, x, now, told);
      record.changed_at = now;
    });
    count(told);
    out.push_back(std::move(told));
  }
  return out;
}

} // namespace millwright
