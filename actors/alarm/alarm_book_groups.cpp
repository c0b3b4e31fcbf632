#include "actors/alarm/alarm_book.hpp"
#include "protocol/alarm_reasons.hpp"
#include "protocol/local_time.hpp"

#include <algorithm>
#include <tuple>

// Alerts that wait: to become one page with others, or for the time in which their sensor pages once.

namespace millwright {

namespace {

// So many are named beside the first.
constexpr size_t most_names = 5;
// Behind the last word of what a group is.
constexpr std::string_view first_is = "; first: ";
constexpr std::string_view then_are = "; then ";

std::string sensors(size_t count) {
  return std::to_string(count) + (count == 1 ? " sensor" : " sensors");
}

std::string group_subject(const alarm_transition& x) {
  const auto& name = x.evidence.facility_name;
  const auto& id = x.condition.facility.text;
  const auto facility = name.empty() || name == id ? id : name + " (" + id + ")";
  if (!x.condition.unit.empty())
    return x.condition.unit.text + " at " + facility;
  return x.evidence.line.empty() ? facility : "line " + x.evidence.line + " at " + facility;
}

// "TI-101 on reactor-1 at Main works (main): 98.25 degC, was 90.5 ...", without what the group says already.
std::string told_of(const alarm_transition& x) {
  const auto text = describe(x);
  const auto at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

std::string names_of(const std::vector<const alarm_record*>& records, size_t from) {
  std::string out;
  const auto end = std::min(records.size(), from + most_names);
  for (size_t i = from; i < end; ++i)
    out += (out.empty() ? "" : ", ") + records[i]->raise.condition.sensor.text;
  if (records.size() > end)
    out += " and " + std::to_string(records.size() - end) + " more";
  return out;
}

std::string first_of(const alarm_record& group) {
  const auto& all = group.raise.reason;
  const auto at = all.find(first_is);
  return at == std::string::npos ? std::string{} : all.substr(at, all.find(then_are, at) - at);
}

} // namespace

// It is told by itself, or by a group that is there.
bool alarm_book::told(const alarm_record& record) const {
  return !record.paged_to.empty() || (record.in_group() && records_.contains(record.group));
}

// @param unheard its owner has had it paged: where nobody was told here, somebody is now.
bool alarm_book::alerts(const alarm_record& record, const alarm_transition& x, bool unheard) const {
  if (ends_alarm(x.kind))
    return false;
  if (record.members)
    return x.kind != transition_kind::reopened;
  if (!told(record))
    return x.pages || unheard;
  // By the rule that learns there is one page an alarm.
  return x.pages && x.condition.which != rule::state &&
         (x.level > record.paged_level || (x.was != severity::normal && !x.chattering));
}

void alarm_book::page_or_hold(alarm_record& record, const alarm_transition& x, event_time now, decision& out,
                              bool off_shelf) {
  if (const auto shelf = shelves_.over(record.latest.condition, now)) {
    record.explanation = "not paged: " + describe(*shelf, x.evidence.timezone);
    return;
  }
  // Of one that somebody acknowledged before any message named it, too.
  const bool grown_child = record.unnamed_child() ? x.level > record.held->level
                                                  : record.is_child() && !record.held && !record.members &&
                                                        x.was != severity::normal && x.level > x.was;
  if (record.held && x.level < severity::critical && !grown_child) {
    if (x.level > record.held->level)
      record.held = std::make_shared<const alarm_transition>(x);
    return;
  }
  auto ahead = record.unnamed_child() ? std::optional{record.child_of} : first_ahead_of(record, x, now);
  // What comes off a shelf pages, but for what comes off it together.
  if (off_shelf && ahead && find(*ahead)->told_wall != now)
    ahead.reset();
  record.held = nullptr;
  record.held_back = false;
  // One that grew worse since it was told, or since it stood behind another, is another emergency.
  const auto choice = choose(record, x, now);
  if (told(record) || grown_child || x.level >= severity::critical || choice.ways.empty()) {
    if (!told(record) && !record.members)
      record.child_of = ahead.value_or(uuid{});
    note_absent(record, x, out);
    if (!told(record) && !choice.ways.empty() && !grown_child)
      sound(record, now);
    alert(record, choice, x, now, out);
    if (record.is_child() && !record.members)
      record.explanation += "; child of " + name_of_first(record.child_of);
    return;
  }
  if (!record.members)
    record.child_of = {};
  if (const auto last = spacing_.blocks(x, now)) {
    record.held = std::make_shared<const alarm_transition>(x);
    record.held_back = true;
    record.held_since = now;
    // What follows in a backlog is heard of first.
    record.held_until = std::max(spacing_.until(*last), now + limits_.groups.wait);
    const auto& zone = x.evidence.timezone;
    record.explanation = "not paged: paged at " + local_minute(last->at, zone) + " for " + short_form(last->alarm) +
                         ", again at " + local_minute(record.held_until, zone) + " if it still stands";
    return;
  }
  sound(record, now);
  if (ahead) {
    record.held = std::make_shared<const alarm_transition>(x);
    hold_behind(record, *ahead, now, now);
    return;
  }
  if (!groups_.gathers(x) || groups_.old_news(x, now)) {
    alert(record, choice, x, now, out);
    return;
  }
  record.held = std::make_shared<const alarm_transition>(x);
  gather(record, now);
}

void alarm_book::gather(alarm_record& record, event_time now) const {
  record.held_back = false;
  record.held_since = now;
  record.held_until = now + limits_.groups.wait;
  record.explanation = "held for " + std::to_string(limits_.groups.wait.count() / 1000) +
                       " s: " + std::to_string(limits_.groups.least) +
                       " or more of a unit, a line or a facility are one page";
}

event_time alarm_book::due(event_time now) const {
  const auto over = floods_.flood() ? floods_.flood()->to + milliseconds{1} : forever;
  return std::min({groups_.due(now), spacing_.due(), reminders_.due(now), shelves_due(now), firsts_.due(now), over});
}

std::vector<alarm_book::decision> alarm_book::pass(event_time now) {
  using what = page_groups::step::what;
  std::vector<decision> out;
  end_shelves(now, out);
  while (const auto free = spacing_.next(now))
    let_go(records_.find(*free), now, out);
  for (;;) {
    if (const auto orphans = firsts_.orphaned()) {
      promote(*orphans, now, out);
    } else if (const auto step = groups_.next(now)) {
      switch (step->is) {
      case what::alone:
        send_alone(records_.find(step->alarms.front()), now, out);
        break;
      case what::form:
        form(*step, now, out);
        break;
      case what::join:
        join(*step, now, out);
        break;
      case what::update:
      case what::end:
      case what::reopen:
        turn(*step, now, out);
        break;
      }
    } else if (const auto children = firsts_.due_family(now)) {
      follow(now, *children, out);
    } else {
      break;
    }
  }
  flooding(now);
  while (const auto waits = reminders_.next(now, ways_))
    remind(records_.find(*waits), now, out);
  for (const auto& each : out)
    count(each);
  return out;
}

// Nothing holds it back any more: from here on it is an alert of now.
void alarm_book::let_go(place at, event_time now, std::vector<decision>& out) {
  change(at, [&](alarm_record& record) {
    auto x = *record.held;
    // Held back for hours on the clock it is no old news; what a backlog brings is.
    if (now - record.held_since > limits_.groups.told_late)
      x.fresh = true;
    if (const auto why = record.explanation.find("paged at "); why != std::string::npos) {
      const auto end = record.explanation.find(", again at ");
      x.reason += (x.reason.empty() ? "" : "; ") + ("not told before: " + record.explanation.substr(why, end - why));
    }
    record.held = std::make_shared<const alarm_transition>(std::move(x));
    gather(record, now);
    sound(record, now);
    record.changed_at = now;
  });
  if (!groups_.gathers(*at->second->held) || groups_.old_news(*at->second->held, now))
    send_alone(at, now, out);
  else
    out.push_back({false, at->first, {}, {}});
}

void alarm_book::send_alone(place at, event_time now, std::vector<decision>& out) {
  const auto& known = *at->second;
  if (const auto ahead = first_ahead_of(known, *known.held, now)) {
    change(at, [&](alarm_record& record) {
      hold_behind(record, *ahead, record.held_since, now);
      record.changed_at = now;
    });
    out.push_back({false, at->first, {}, {}});
    return;
  }
  send_now(at, now, out);
}

void alarm_book::send_now(place at, event_time now, std::vector<decision>& out) {
  decision told{true, at->first, {}, {}};
  change(at, [&](alarm_record& record) {
    const auto x = record.held;
    record.held = nullptr;
    alert(record, *x, now, told);
    const auto& latest = record.latest;
    if (ends_alarm(latest.kind))
      send_to(record, record.paged_to, page_kind::notice, latest, told);
    record.changed_at = now;
  });
  out.push_back(std::move(told));
}

alarm_transition alarm_book::group_of_held(std::string name, const std::vector<const alarm_record*>& all) {
  alarm_transition x;
  x.number = 1;
  x.pages = true;
  // A group is no step of an owner's: no replay repeats it.
  x.position = no_position;
  const auto& first = *all.front()->held;
  x.evidence.facility_name = first.evidence.facility_name;
  x.evidence.timezone = first.evidence.timezone;
  x.at = first.at;
  for (const auto* each : all) {
    const auto& held = *each->held;
    name += '\0' + to_string(each->id()) + '\0' + std::to_string(held.number);
    x.at = std::max(x.at, held.at);
    x.level = std::max(x.level, held.level);
    x.priority = std::max(x.priority, held.priority);
    x.fresh = x.fresh || held.fresh;
  }
  x.alarm = uuid_v5(name);
  return x;
}

std::vector<uuid> alarm_book::ids_of(const std::vector<const alarm_record*>& all) {
  std::vector<uuid> out;
  for (const auto* each : all)
    out.push_back(each->id());
  return out;
}

void alarm_book::form(const page_groups::step& step, event_time now, std::vector<decision>& out) {
  using size = group_scope::size;
  std::vector<const alarm_record*> records;
  for (const auto& each : step.alarms)
    records.push_back(records_.at(each).get());
  std::sort(records.begin(), records.end(), [](const auto* a, const auto* b) {
    return std::tie(a->held->at, a->raise.condition, a->raise.alarm) <
           std::tie(b->held->at, b->raise.condition, b->raise.alarm);
  });
  const auto& first = *records.front()->held;
  // Another crash may find others held: what is said of them is another page then.
  auto x = group_of_held("group", records);
  x.condition.which = step.scope.which;
  x.condition.facility = step.scope.facility;
  if (step.scope.level == size::unit)
    x.condition.unit = {step.scope.name};
  if (step.scope.level != size::facility)
    x.evidence.line = first.evidence.line;
  x.raised_at = first.raised_at;
  auto members = ids_of(records);
  x.reason = sensors(members.size()) + " of " + group_subject(x) + std::string{first_is} + told_of(first) +
             std::string{then_are} + names_of(records, 1);
  const auto told =
      "paged as one of " + sensors(members.size()) + " of " + group_subject(x) + ": group " + short_form(x.alarm);
  for (const auto& each : members)
    hand_over(each, x.alarm, false, told, now, out);
  const auto at = records_.try_emplace(x.alarm).first;
  tell_group(at, std::move(x), std::make_shared<const std::vector<uuid>>(std::move(members)), now, out);
}

void alarm_book::join(const page_groups::step& step, event_time now, std::vector<decision>& out) {
  const auto told = "group " + short_form(step.group) + " tells of it with its next message";
  for (const auto& each : step.alarms)
    hand_over(each, step.group, true, told, now, out);
}

void alarm_book::hand_over(const uuid& alarm, const uuid& group, bool waits, const std::string& told, event_time now,
                           std::vector<decision>& out) {
  const auto held = records_.at(alarm)->held;
  change(records_.find(alarm), [&](alarm_record& record) {
    record.told_at = held->at;
    record.told_wall = now;
    record.paged_level = std::max(record.paged_level, held->level);
    record.held = nullptr;
    record.group = group;
    record.group_waits = record.group_waits || waits;
    record.explanation = told;
    record.changed_at = now;
  });
  out.push_back({true, alarm, {}, held});
}

// It has grown, is over, or is not over after all. Whatever has joined since is told with that.
void alarm_book::turn(const page_groups::step& step, event_time now, std::vector<decision>& out) {
  using what = page_groups::step::what;
  const auto at = records_.find(step.group);
  const auto known = at->second;
  auto x = known->latest;
  x.was = severity::normal;
  std::vector<const alarm_record*> joined;
  for (const auto& each : step.alarms)
    joined.push_back(records_.at(each).get());
  std::sort(joined.begin(), joined.end(), [](const auto* a, const auto* b) {
    return std::tie(a->told_at, a->raise.condition, a->raise.alarm) <
           std::tie(b->told_at, b->raise.condition, b->raise.alarm);
  });
  auto members = std::make_shared<std::vector<uuid>>(*known->members);
  for (const auto* each : joined) {
    members->push_back(each->id());
    x.at = std::max(x.at, each->told_at);
    x.level = std::max(x.level, each->paged_level);
    x.priority = std::max(x.priority, each->latest.priority);
    x.fresh = x.fresh || each->latest.fresh;
  }
  const auto subject = sensors(members->size()) + " of " + group_subject(x);
  if (step.is == what::update) {
    x.kind = transition_kind::updated;
    x.pages = true;
    x.reason = subject + ", " + std::to_string(joined.size()) + " of them since it was told: " + names_of(joined, 0) +
               first_of(*known);
  } else {
    x.pages = false;
    x.kind = step.is == what::end ? transition_kind::cleared : transition_kind::reopened;
    x.reason = (step.is == what::end ? "none of " + subject + " any more" : subject + " again") + first_of(*known);
    size_t ended = 0, anew = 0;
    for (const auto& each : *members)
      if (const auto member = records_.find(each); member != records_.end() && member->second->group == step.group) {
        x.at = std::max(x.at, member->second->latest.at);
        ++ended;
        anew += member->second->latest.reason == alarm_reason::learns_anew;
      }
    if (step.is == what::end && ended > 0 && anew == ended)
      x.reason = alarm_reason::learns_anew;
  }
  if (known->is_child() && x.reason != alarm_reason::learns_anew)
    x.reason = told_of_children(*known, step.is, joined, members->size());
  for (const auto& each : step.alarms) {
    change(records_.find(each), [&](alarm_record& record) {
      record.group_waits = false;
      record.explanation = (known->is_child() ? "child of " + name_of_first(known->child_of) + ", told by"
                                              : "paged as one of " + subject + ':') +
                           " group " + short_form(step.group);
      record.changed_at = now;
    });
    out.push_back({true, each, {}, {}});
  }
  tell_group(at, std::move(x), std::move(members), now, out);
}

void alarm_book::tell_group(place at, alarm_transition x, std::shared_ptr<const std::vector<uuid>> members,
                            event_time now, std::vector<decision>& out, const uuid& first) {
  decision told{true, x.alarm, {}, {}};
  auto record = at->second ? std::make_shared<alarm_record>(*at->second) : std::make_shared<alarm_record>();
  if (!at->second) {
    record->raise = x;
    record->child_of = first;
  }
  record->members = std::move(members);
  const bool grown = x.kind == transition_kind::updated;
  x.number = record->last_number + 1;
  apply(*record, x, now, told);
  // Whoever answered for it did not know of these.
  if (grown) {
    record->acknowledged = false;
    record->acknowledged_by.clear();
    record->acknowledged_at = never;
  }
  put(at, std::move(record));
  out.push_back(std::move(told));
}

} // namespace millwright
