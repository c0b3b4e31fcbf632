#include "actors/alarm/alarm_book.hpp"

#include <algorithm>
#include <tuple>

// What follows the first alarm of a unit stands behind it: told in one message, and by itself where the first one is
// none any more.

namespace millwright {

namespace {

constexpr size_t most_children_named = 5;
// Behind the last word of who follows.
constexpr std::string_view behind_is = "; first: ";

// "reactor-1"; a sensor without equipment is its own unit.
std::string place_of(const condition_key& x) {
  return x.unit.empty() ? x.sensor.text : x.unit.text;
}

std::string name_of_child(const alarm_record& x) {
  return x.raise.condition.sensor.text + ' ' + std::string{name_of(x.raise.condition.which)};
}

// "TI-102 limit, PI-103 state and 2 more"
std::string names_of_children(const std::vector<const alarm_record*>& all) {
  std::string out;
  const auto named = std::min(all.size(), most_children_named);
  for (size_t i = 0; i < named; ++i)
    out += (out.empty() ? "" : ", ") + name_of_child(*all[i]);
  if (all.size() > named)
    out += " and " + std::to_string(all.size() - named) + " more";
  return out;
}

std::string first_in(const std::string& reason) {
  const auto at = reason.find(behind_is);
  return at == std::string::npos ? std::string{} : reason.substr(at);
}

void sort_by_onset(std::vector<const alarm_record*>& all) {
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
    return std::tuple{a->onset, a->raise.condition, a->id()} < std::tuple{b->onset, b->raise.condition, b->id()};
  });
}

} // namespace

std::optional<uuid> alarm_book::first_ahead_of(const alarm_record& record, const alarm_transition& x,
                                               event_time now) const {
  return groups_.old_news(x, now) ? std::nullopt : firsts_.ahead_of(record);
}

// "limit TI-101 (5199e65f)"
std::string alarm_book::name_of_first(const uuid& first) const {
  const auto* record = find(first);
  return (record ? name_of_child(*record) + ' ' : std::string{}) + '(' + short_form(first) + ')';
}

void alarm_book::hold_behind(alarm_record& record, const uuid& first, event_time since, event_time now) const {
  record.child_of = first;
  record.held_back = false;
  record.held_since = since;
  record.held_until = std::max(since + limits_.first_out.after, now);
  record.explanation =
      "child of " + name_of_first(first) + ", which was first: told in one message with what follows it";
}

void alarm_book::follow(event_time now, const first_outs::family& x, std::vector<decision>& out) {
  std::vector<const alarm_record*> children;
  for (const auto& each : x.children)
    children.push_back(records_.at(each).get());
  sort_by_onset(children);
  const auto told = "child of " + name_of_first(x.first) + ", told by group ";
  if (x.group) {
    for (const auto& each : x.children)
      hand_over(each, *x.group, true, told + short_form(*x.group), now, out);
    const page_groups::step grown{page_groups::step::what::update, group_scope{}, *x.group, x.children};
    turn(grown, now, out);
    return;
  }
  auto group = group_of_held("children" + ('\0' + to_string(x.first)), children);
  const auto members = ids_of(children);
  const auto* worst = *std::max_element(children.begin(), children.end(),
                                        [](const auto* a, const auto* b) { return a->held->level < b->held->level; });
  const auto& of = *worst->held;
  group.condition = {of.condition.facility, {}, of.condition.unit, of.condition.which};
  group.evidence.line = of.evidence.line;
  group.raised_at = group.onset = children.front()->onset;
  group.reason = "and " + std::to_string(children.size()) + " more on " + place_of(of.condition) + ": " +
                 names_of_children(children);
  if (const auto* first = find(x.first)) {
    const auto text = describe(first->raise);
    const auto at = text.find(": ");
    group.reason += std::string{behind_is} + (at == std::string::npos ? text : text.substr(at + 2));
  }
  for (const auto& each : members)
    hand_over(each, group.alarm, false, told + short_form(group.alarm), now, out);
  const auto at = records_.try_emplace(group.alarm).first;
  tell_group(at, std::move(group), std::make_shared<const std::vector<uuid>>(members), now, out, x.first);
}

std::string alarm_book::told_of_children(const alarm_record& group, page_groups::step::what turns,
                                         std::vector<const alarm_record*> joined, size_t all) const {
  using what = page_groups::step::what;
  const auto* member = find(group.members->front());
  const auto place = member ? place_of(member->raise.condition) : group.raise.condition.unit.text;
  const auto more = std::to_string(all) + " more on " + place;
  const auto first = first_in(group.raise.reason);
  if (turns == what::end)
    return "none of the " + more + " any more" + first;
  if (turns == what::reopen)
    return more + " again" + first;
  sort_by_onset(joined);
  return "and " + std::to_string(joined.size()) + " more on " + place + ": " + names_of_children(joined) + "; " +
         std::to_string(all) + " in all" + first;
}

// The first one is over, acknowledged or shelved. The worst of those that nobody has heard of pages, and is first now;
// so does each that may not stand behind it.
void alarm_book::promote(const first_outs::family& x, event_time now, std::vector<decision>& out) {
  std::vector<const alarm_record*> standing;
  std::vector<uuid> over;
  for (const auto& each : x.children)
    if (const auto* record = find(each); record->state == alarm_state::active)
      standing.push_back(record);
    else
      over.push_back(each);
  std::sort(standing.begin(), standing.end(), [](const auto* a, const auto* b) {
    return std::tuple{b->held->level, b->held->priority, a->onset, a->id()} <
           std::tuple{a->held->level, a->held->priority, b->onset, b->id()};
  });
  std::vector<uuid> all;
  for (const auto* each : standing)
    all.push_back(each->id());
  all.insert(all.end(), over.begin(), over.end());
  const auto* gone = find(x.first);
  const auto why = "; it stood behind " + name_of_first(x.first) + ", which is " +
                   (!gone                                ? "gone"
                    : gone->state != alarm_state::active ? "over"
                    : gone->shelved                      ? "shelved"
                    : gone->acknowledged                 ? "acknowledged"
                                                         : "none any more");
  std::vector<std::pair<uuid, rule>> firsts;
  for (const auto& each : all) {
    const auto at = records_.find(each);
    const auto which = at->second->raise.condition.which;
    const bool stands = at->second->state == alarm_state::active;
    const auto ahead = std::find_if(firsts.begin(), firsts.end(),
                                    [&](const auto& first) { return first_outs::may_follow(which, first.second); });
    // What is over is told with whatever is told next.
    if (ahead == firsts.end() && !stands)
      continue;
    if (ahead != firsts.end()) {
      change(at, [&](alarm_record& record) { hold_behind(record, ahead->first, record.held_since, now); });
      out.push_back({true, each, {}, {}});
      continue;
    }
    firsts.emplace_back(each, which);
    change(at, [](alarm_record& record) { record.child_of = {}; });
    send_now(at, now, out);
    change(at, [&](alarm_record& record) { record.explanation += why; });
  }
}

} // namespace millwright
