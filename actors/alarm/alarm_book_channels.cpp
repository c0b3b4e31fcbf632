#include "actors/alarm/alarm_book.hpp"

#include <algorithm>

// Channels come and go with the configuration; alarms last.

namespace millwright {

bool alarm_book::left_by_all(const alarm_record& record) const {
  return !record.paged_to.empty() && !ways_.route(record.latest).empty() &&
         std::none_of(record.paged_to.begin(), record.paged_to.end(),
                      [&](const auto& each) { return ways_.has(each); });
}

std::vector<alarm_book::decision> alarm_book::adopt(event_time now, const known_to& knows) {
  std::vector<decision> out;
  for (auto at = records_.begin(); at != records_.end(); ++at) {
    const auto& known = *at->second;
    if (known.state != alarm_state::active || !known.pages)
      continue;
    // A group has channels of its own. What is held waits for its time, and who acknowledged what was held knows of it.
    if (known.held || (known.paged_to.empty() && (known.acknowledged || records_.contains(known.group))))
      continue;
    const bool nobody = known.paged_to.empty() || left_by_all(known);
    std::vector<channel_name> channels;
    if (nobody)
      channels = ways_.route(known.latest);
    else
      for (const auto& each : known.paged_to)
        if (ways_.has(each) && !knows(each, at->first))
          channels.push_back(each);
    if (channels.empty())
      continue;
    decision told;
    told.alarm = at->first;
    change(at, [&](alarm_record& record) {
      if (nobody) {
        record.paged_level = severity::normal;
        record.group = {};
        record.group_waits = false;
      }
      // A channel that was there once and is there again takes no number twice.
      ++record.latest.number;
      auto x = record.latest;
      x.fresh = false;
      alert(record, channels, x, now, told);
      record.changed_at = now;
    });
    count(told);
    out.push_back(std::move(told));
  }
  return out;
}

} // namespace millwright
