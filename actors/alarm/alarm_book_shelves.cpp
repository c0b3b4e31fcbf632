#include "actors/alarm/alarm_book.hpp"

#include <algorithm>

// What people have shelved pages nobody while that lasts; what stands at the end and nobody has acknowledged does then.

namespace millwright {

namespace {

std::string told_of_shelf(const alarm_shelf& x, const alarm_record& record) {
  return describe(x, record.latest.evidence.timezone);
}

} // namespace

// What is held is to be told though it may be over by then.
std::vector<uuid> alarm_book::covered(const alarm_shelf& x) const {
  std::vector<uuid> out;
  for (const auto& id : standing_)
    if (x.covers(records_.at(id)->latest.condition))
      out.push_back(id);
  return out;
}

std::vector<uuid> alarm_book::shelve(const alarm_shelf& x, event_time now) {
  shelves_.put(x);
  const auto mine = shelves_.find({x.what, x.of});
  const auto out = covered(x);
  for (const auto& id : out)
    change(records_.find(id), [&](alarm_record& record) {
      // Of several the one that lasts longest.
      if (record.state == alarm_state::active)
        record.shelved = shelves_.over(record.latest.condition, now);
      // At the shelf's end it is told by itself, if it stands: neither late, nor by a group's next message.
      if (record.held) {
        record.held = nullptr;
        record.held_back = false;
        record.explanation = "not paged: shelved while it was held";
      }
      if (record.group_waits) {
        record.group_waits = false;
        record.group = {};
        // It was to be told, and is not.
        if (record.paged_to.empty())
          record.told_at = record.told_wall = never;
      }
      record.remark({alarm_remark::kind::shelved, now, x.by, told_of_shelf(*mine, record)});
      record.changed_at = now;
    });
  return out;
}

std::vector<alarm_book::decision> alarm_book::unshelve(const shelf_book::key& which, std::string_view by,
                                                       event_time now) {
  std::vector<decision> out;
  shelves_.remove(which);
  look_at_shelves(by, now, out);
  for (const auto& each : out)
    count(each);
  return out;
}

bool alarm_book::note(const uuid& alarm, std::string_view text, std::string_view by, event_time now) {
  const auto at = records_.find(alarm);
  if (at == records_.end())
    return false;
  change(at, [&](alarm_record& record) {
    record.remark({alarm_remark::kind::note, now, std::string{by}, std::string{text}});
  });
  return true;
}

event_time alarm_book::shelves_due(event_time now) const {
  return look_at_shelves_ && !shelved_.empty() ? now : shelves_.due(now);
}

void alarm_book::end_shelves(event_time now, std::vector<decision>& out) {
  if (shelves_due(now) > now)
    return;
  shelves_.pass(now);
  look_at_shelves({}, now, out);
}

void alarm_book::look_at_shelves(std::string_view by, event_time now, std::vector<decision>& out) {
  look_at_shelves_ = false;
  std::vector<uuid> over;
  for (const auto& id : std::set<uuid>{shelved_}) {
    const auto at = records_.find(id);
    const auto shelf = shelves_.over(at->second->latest.condition, now);
    if (!shelf) {
      over.push_back(id);
    } else if (*shelf != *at->second->shelved) {
      change(at, [&](alarm_record& record) { record.shelved = shelf; });
      out.push_back({false, id, {}, {}});
    }
  }
  // A group tells of those of its alarms whose shelf was its own.
  const std::set<uuid> all{over.begin(), over.end()};
  std::set<uuid> by_group;
  for (const auto& id : over) {
    const auto& record = *records_.at(id);
    const auto group = records_.find(record.group);
    if (record.in_group() && all.contains(record.group) && group->second->state == alarm_state::active &&
        !group->second->acknowledged)
      by_group.insert(id);
  }
  // Of a unit the one that began first is told first.
  std::stable_sort(over.begin(), over.end(),
                   [&](const uuid& a, const uuid& b) { return records_.at(a)->onset < records_.at(b)->onset; });
  for (const auto& id : over)
    take_from_shelf(records_.find(id), by_group.contains(id), by, now, out);
}

void alarm_book::take_from_shelf(place at, bool by_group, std::string_view by, event_time now,
                                 std::vector<decision>& out) {
  decision told;
  told.alarm = at->first;
  change(at, [&](alarm_record& record) {
    const auto was = told_of_shelf(*record.shelved, record);
    record.shelved = nullptr;
    record.remark({alarm_remark::kind::unshelved, now, std::string{by}, was});
    record.changed_at = now;
    if (record.state != alarm_state::active || !record.pages)
      return;
    if (record.acknowledged || by_group) {
      record.explanation = record.acknowledged ? "quiet: acknowledged before its shelf was over; it was " + was
                                               : "group " + short_form(record.group) + " tells of it; it was " + was;
      return;
    }
    // What a group has told of it, it does not tell again: many at once are a group of their own.
    if (record.paged_to.empty()) {
      record.group = {};
      record.group_waits = false;
    }
    // A channel takes no number twice.
    ++record.latest.number;
    auto x = record.latest;
    x.reason += (x.reason.empty() ? "" : "; ") + ("stands after it was " + was);
    // However long ago it was raised: it is an alert of now.
    x.fresh = true;
    x.pages = true;
    record.latest.fresh = true;
    page_or_hold(record, x, now, told, true);
  });
  out.push_back(std::move(told));
}

// Whether a step of an alarm is kept from everybody, by what the record says now.
bool alarm_book::kept_on_shelf(alarm_record& record, bool unheard, event_time now) {
  const auto& x = record.latest;
  const auto before = record.shelved;
  record.shelved = record.state == alarm_state::active ? shelves_.over(x.condition, now) : nullptr;
  // Its shelf is over, and nobody has looked yet (`look_at_shelves`): what stands then is told by that.
  if (record.state == alarm_state::active && before && !record.shelved) {
    record.shelved = before;
    look_at_shelves_ = true;
  }
  if (ends_alarm(x.kind)) {
    // Its end is told as ever where its raise was, but only once.
    if (std::exchange(record.back_unheard, false)) {
      record.held = nullptr;
      record.held_back = false;
      record.explanation = "quiet: told as over before, and it came back and went unheard" +
                           (before ? "; it was " + told_of_shelf(*before, record) : std::string{});
      return true;
    }
    if (!before || told(record))
      return false;
    record.explanation = "not paged: it was over before its shelf; it was " + told_of_shelf(*before, record);
    return record.pages;
  }
  if (!record.shelved)
    return false;
  const bool returns = x.kind != transition_kind::updated && told(record);
  record.back_unheard = record.back_unheard || returns;
  // Its group is not told as standing again for it: at the shelf's end it is told by itself.
  if (returns) {
    record.group = {};
    record.group_waits = false;
  }
  if (!returns && !alerts(record, x, unheard))
    return false;
  record.explanation = "not paged: " + told_of_shelf(*record.shelved, record);
  return true;
}

} // namespace millwright
