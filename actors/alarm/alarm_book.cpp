#include "actors/alarm/alarm_book.hpp"

#include "protocol/id_digits.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace millwright {

namespace {

std::string names_of(const std::vector<page>& pages) {
  std::string out;
  for (const auto& each : pages)
    out += (out.empty() ? "" : ", ") + each.channel.text;
  return out;
}

// Behind why it paged: by which routes.
std::string routes_of(const route_choice& choice) {
  const auto names = choice.routes().text();
  if (names.empty())
    return {};
  return names == default_route ? "; no route takes it, so every channel is told" : "; route " + names;
}

std::string what_of(const alarm_transition& x) {
  std::string out{name_of(x.condition.which)};
  out += ' ';
  out += name_of(x.level);
  return out;
}

uuid smallest_with(const std::string& digits) {
  uuid id;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int value = digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10;
    id.bytes[i / 2] |= static_cast<uint8_t>(i % 2 == 0 ? value << 4 : value);
  }
  return id;
}

// So many numbers before one are waited for; what is missing beyond will not come.
constexpr uint32_t missing_most = 64;

std::optional<bool> stood_before(const uncommitted_transition& x) {
  return x.decided ? std::optional{x.decided->stood} : std::nullopt;
}

// Its position does not tell: see uncommitted_transition.
bool of_later_commit(const uncommitted_transition& x, uint64_t commit) {
  return commit != 0 && x.commit > commit;
}

// Of what a crash took from its owner: it is in no commit that there has been, whatever passes it, until it is
// repeated. So it is stored, or the start behind another crash would take it for committed.
constexpr uint64_t of_no_commit = ~uint64_t{0};

// People are told each number once, owners may come to one again whose first bearer was taken back: what they are told
// is as far ahead of the owner's numbers as the newest of it is.
uint32_t told_number(const alarm_record& record, uint32_t number) {
  return record.latest.number - record.last_number + number;
}

// Nothing is known to have begun after it was raised.
event_time onset_of(const alarm_transition& x) {
  if (x.onset != never)
    return x.onset;
  return x.kind == transition_kind::reopened ? x.at : x.raised_at;
}

// Why a transition pages nobody by its rule, in the words of the table of rules.
std::string why_quiet(const alarm_transition& x) {
  const std::string which{name_of(x.condition.which)};
  switch (x.condition.which) {
  case rule::state:
    return "state pages only when it is high, this is " + std::string{name_of(x.level)};
  case rule::stale:
    return "stale pages only a sensor with alert_thresholds, after ten minutes and six times its limit of silence";
  case rule::z:
  case rule::bad_quality:
  case rule::stuck:
  case rule::novelty:
  case rule::rapid_change:
    return which + " is shown and pages nobody by its rule";
  default:
    return "rules." + which + ".pages is off";
  }
}

} // namespace

void alarm_book::put(place at, record_pointer record) {
  if (at->second)
    unnote(*at->second);
  at->second = std::move(record);
  note(*at->second);
}

void alarm_book::drop(place at) {
  unnote(*at->second);
  records_.erase(at);
}

void alarm_book::note(const alarm_record& record) {
  counts_.add(record);
  groups_.add(record);
  spacing_.add(record);
  reminders_.add(record, ways_);
  firsts_.add(record);
  if (record.state == alarm_state::active || record.held)
    standing_.insert(record.id());
  if (record.shelved)
    shelved_.insert(record.id());
  if (!record.paged_to.empty())
    paged_.emplace(record.raise.raised_at, record.id());
  if (record.finished())
    finished_.emplace(record.changed_at, record.id());
  else if (record.state == alarm_state::cleared)
    cleared_.emplace(record.changed_at, record.id());
}

void alarm_book::unnote(const alarm_record& record) {
  counts_.remove(record);
  groups_.remove(record);
  spacing_.remove(record);
  reminders_.remove(record);
  firsts_.remove(record);
  standing_.erase(record.id());
  shelved_.erase(record.id());
  paged_.erase({record.raise.raised_at, record.id()});
  finished_.erase({record.changed_at, record.id()});
  cleared_.erase({record.changed_at, record.id()});
}

void alarm_book::restore(alarm_record record) {
  // The first version's sweeps had no position, and what has none cannot be awaited.
  std::erase_if(record.uncommitted, [](const auto& each) { return each.position == no_position; });
  for (auto& each : record.uncommitted) {
    each.awaited = true;
    uncommitted_[each.split].emplace(log_position{each.log, each.position}, record.id());
  }
  look_at_shelves_ = look_at_shelves_ || record.shelved;
  if (record.sounded_at != never)
    sounded_.push_back(record.sounded_at);
  const auto at = records_.try_emplace(record.id()).first;
  put(at, std::make_shared<alarm_record>(std::move(record)));
}

alarm_book::decision alarm_book::take(const alarm_transition& x, event_time now) {
  decision out;
  out.alarm = x.alarm;
  const auto [at, unknown] = records_.try_emplace(x.alarm);
  auto record = unknown ? std::make_shared<alarm_record>() : std::make_shared<alarm_record>(*at->second);
  if (unknown) {
    record->raise = x;
    record->raise.was = severity::normal;
  }
  const bool late = x.number <= record->last_number && std::erase(record->missing, x.number) > 0;
  if (x.number <= record->last_number && !late && decided_otherwise(*record, x))
    return take_instead(at, x, now);
  if (x.number <= record->last_number && !late) {
    ++counters_.repeated;
    for (auto& each : record->uncommitted)
      if (each.number == x.number) {
        // It stands where it was decided now: at its old place the next start would wait for it in vain.
        out.moved = out.moved || each.awaited;
        each.awaited = false;
        set_place(each, x);
      }
    if (x.committed)
      std::erase_if(record->uncommitted, [&](const auto& each) { return each.number == x.number; });
    put(at, std::move(record));
    return out;
  }
  ++counters_.taken;
  expect(*record, x);
  if (late) {
    take_late(*record, x, now, out);
  } else {
    apply(*record, x, now, out);
    if (x.kind != transition_kind::acknowledged)
      record->owner_ended = ends_alarm(x.kind);
  }
  count(out);
  put(at, std::move(record));
  return out;
}

void alarm_book::count(const decision& x) {
  for (const auto& each : x.pages)
    ++(each.kind == page_kind::alert ? counters_.alerts : counters_.notices);
}

void alarm_book::apply(alarm_record& record, const alarm_transition& x, event_time now, decision& out) {
  out.taken = true;
  const bool active_before = record.last_number > 0 && record.state == alarm_state::active;
  const past before{ends_alarm(record.latest.kind), x.was != severity::normal};
  const auto level_before = record.latest.level;
  if (x.number != record.last_number + 1) {
    ++counters_.gaps;
    const auto first = std::max(record.last_number + 1, x.number > missing_most ? x.number - missing_most : 1);
    for (auto number = first; number < x.number; ++number)
      record.missing.push_back(number);
    if (record.missing.size() > missing_most)
      record.missing.erase(record.missing.begin(), record.missing.end() - missing_most);
  }
  const auto told = told_number(record, x.number);
  record.last_number = x.number;
  record.latest = x;
  record.latest.number = told;
  record.changed_at = now;
  record.pages = record.pages || x.pages || before.paged;
  const bool rises = active_before && x.level > level_before;
  record.latest.was = rises ? level_before : severity::normal;
  if (ends_alarm(x.kind)) {
    record.state = x.kind == transition_kind::cleared ? alarm_state::cleared : alarm_state::adapted;
  } else if (x.kind == transition_kind::acknowledged) {
    record.acknowledged = true;
  } else {
    record.state = alarm_state::active;
    if (x.kind != transition_kind::updated || record.onset == never)
      record.onset = onset_of(x);
    // Whatever was said about the first: as critical it is a new emergency.
    if (rises || x.kind != transition_kind::updated) {
      record.acknowledged = false;
      record.acknowledged_by.clear();
      record.acknowledged_at = never;
      record.waits_since = now;
    }
  }
  decide(record, before, now, out);
}

// Each raise alerts, and so does each rise of its severity. Whatever else follows goes where the alerts went: of what
// is known to chatter its owner says neither that it goes nor that it comes.
void alarm_book::decide(alarm_record& record, const past& before, event_time now, decision& out) {
  const auto& x = record.latest;
  auto& why = record.explanation;
  if (x.kind == transition_kind::acknowledged) {
    why = "quiet: an acknowledgement is told to nobody";
    return;
  }
  // What the owner takes for paged may have left early, come without its beginning, or met no channel. But who
  // acknowledged what was held knows of it.
  const bool unheard = before.paged && !(record.acknowledged && x.kind == transition_kind::updated);
  if (kept_on_shelf(record, unheard, now))
    return;
  // Who comes later hears of it as of a new one.
  if (x.kind == transition_kind::reopened && record.pages && left_by_all(record, now)) {
    record.paged_level = severity::normal;
    alert(record, x, now, out);
    return;
  }
  if (alerts(record, x, unheard)) {
    page_or_hold(record, x, now, out);
    return;
  }
  // It is told of when its time comes, whatever became of it; unless it is held back.
  if (record.held && !(record.held_back && ends_alarm(x.kind)))
    return;
  if (record.held) {
    record.held = nullptr;
    record.held_back = false;
    why += ", and it was over by then";
    return;
  }
  if (!told(record)) {
    why = x.pages ? "not paged: it was over before anybody could hear of it" : "not paged: " + why_quiet(x);
    return;
  }
  // One that was taken back and is raised all the same has been told as over.
  if (x.kind == transition_kind::updated || (x.kind == transition_kind::raised && !before.over)) {
    why = x.pages || x.was == severity::normal
              ? "quiet: already paged as " + std::string{name_of(record.paged_level)} +
                    (record.paged_to.empty() && record.in_group() ? ", by group " + short_form(record.group) : "")
              : "quiet: " + why_quiet(x);
    return;
  }
  if (record.paged_to.empty() && record.in_group()) {
    why = "quiet: group " + short_form(record.group) + " tells when the last of its alarms is over";
    return;
  }
  send_to(record, record.paged_to, page_kind::notice, x, out);
  why = out.pages.empty() ? "quiet: no channel that was paged is configured any more"
                          : "noticed " + names_of(out.pages) + ", as they were paged: " + std::string{name_of(x.kind)};
}

void alarm_book::alert(alarm_record& record, const route_choice& choice, const alarm_transition& x, event_time now,
                       decision& out) {
  const auto before = out.pages.size();
  auto channels = choice.channels();
  // Whoever was told that it is over hears that it is not, whatever the routes say by now.
  if (record.back_unheard)
    for (const auto& each : record.paged_to)
      if (std::find(channels.begin(), channels.end(), each) == channels.end())
        channels.push_back(each);
  send_to(record, channels, page_kind::alert, x, out);
  for (auto at = before; at < out.pages.size(); ++at)
    for (const auto& way : choice.ways)
      if (way.channel == out.pages[at].channel)
        out.pages[at].route = way.text();
  if (out.pages.empty()) {
    record.explanation = "not paged: no channel is configured";
    return;
  }
  for (const auto& each : out.pages)
    if (std::find(record.paged_to.begin(), record.paged_to.end(), each.channel) == record.paged_to.end())
      record.paged_to.push_back(each.channel);
  record.paged_level = std::max(record.paged_level, x.level);
  record.told_at = x.at;
  record.told_wall = record.waits_since = now;
  record.back_unheard = false;
  record.explanation = "paged " + names_of(out.pages) + ": " + what_of(x) +
                       (x.was == severity::normal ? "" : ", was " + std::string{name_of(x.was)}) + ", priority " +
                       std::to_string(x.priority) + routes_of(choice);
}

// What followed it has been decided without it: the state is theirs, but nobody goes without the page.
void alarm_book::take_late(alarm_record& record, const alarm_transition& x, event_time now, decision& out) {
  out.taken = true;
  ++counters_.late;
  record.changed_at = now;
  if (x.number == 1) {
    record.raise = x;
    record.onset = onset_of(x);
  }
  record.pages = record.pages || x.pages;
  auto told = x;
  told.number = told_number(record, x.number);
  told.was = severity::normal;
  if (!alerts(record, told, false))
    return;
  page_or_hold(record, told, now, out);
  if (!record.held && ends_alarm(record.latest.kind))
    send_to(record, record.paged_to, page_kind::notice, record.latest, out);
  record.explanation += ", after what followed it";
}

bool alarm_book::paged_also(const uuid& alarm, const channel_name& channel) {
  const auto at = records_.find(alarm);
  if (at == records_.end() ||
      std::find(at->second->paged_to.begin(), at->second->paged_to.end(), channel) != at->second->paged_to.end())
    return false;
  change(at, [&](alarm_record& record) {
    record.paged_to.push_back(channel);
    record.explanation += "; " + channel.text + " too, for a channel that could not deliver it";
  });
  return true;
}

bool alarm_book::not_paged(const uuid& alarm, const channel_name& channel) {
  const auto at = records_.find(alarm);
  if (at == records_.end() ||
      std::find(at->second->paged_to.begin(), at->second->paged_to.end(), channel) == at->second->paged_to.end())
    return false;
  change(at, [&](alarm_record& record) {
    std::erase(record.paged_to, channel);
    record.explanation += "; " + channel.text + " not, for it was acknowledged before that was told";
  });
  return true;
}

void alarm_book::send_to(const alarm_record& record, const std::vector<channel_name>& channels, page_kind kind,
                         const alarm_transition& x, decision& out) {
  for (const auto& channel : channels)
    if (ways_.has(channel)) {
      out.pages.push_back({channel, kind, x, false});
      out.pages.back().members = record.members;
      // Not stored, so a page read back from the outbox is the same bytes.
      out.pages.back().about.taken_ns = 0;
    }
}

alarm_book::found_alarm alarm_book::find_by_beginning(std::string_view id) const {
  using answer = found_alarm::answer;
  const auto digits = id_digits(id);
  if (!digits)
    return {};
  const auto first = records_.lower_bound(smallest_with(*digits));
  if (first == records_.end() || !begins_with(first->first, *digits))
    return {};
  if (const auto second = std::next(first); second != records_.end() && begins_with(second->first, *digits))
    return {answer::several, {}};
  return {answer::one, first->first};
}

alarm_book::acknowledgement alarm_book::acknowledge(std::string_view id, std::string_view by, event_time now) {
  using answer = acknowledgement::answer;
  const auto found = find_by_beginning(id);
  if (found.result != found_alarm::answer::one)
    return {found.result == found_alarm::answer::none ? answer::unknown : answer::ambiguous, {}, {}};
  const auto first = records_.find(found.alarm);
  if (first->second->acknowledged)
    return {answer::already_acknowledged, first->first, {}};
  const auto note = [&](alarm_record& record) {
    record.acknowledged = true;
    record.acknowledged_by = by;
    record.acknowledged_at = now;
    record.changed_at = now;
    if (!record.held)
      return;
    record.held = nullptr;
    record.held_back = false;
    record.explanation = "not paged: acknowledged while it was held";
  };
  change(first, note);
  acknowledgement out{answer::acknowledged, first->first, {}};
  if (const auto members = first->second->members)
    for (const auto& each : *members)
      if (const auto at = records_.find(each);
          at != records_.end() && at->second->group == first->first && !at->second->acknowledged) {
        change(at, note);
        out.members.push_back(each);
      }
  return out;
}

std::vector<uuid> alarm_book::split_started(uint16_t split, uint64_t position, uint32_t log, uint64_t commit) {
  logs_[split] = log;
  const log_position committed{log, position};
  auto& waiting = uncommitted_[split];
  std::set<uuid> alarms;
  for (const auto& [at, id] : waiting)
    alarms.insert(id);
  waiting.clear();
  std::vector<uuid> awaited;
  for (const auto& id : alarms) {
    const auto found = records_.find(id);
    if (found == records_.end())
      continue;
    bool waits = false;
    change(found, [&](alarm_record& record) {
      std::erase_if(record.uncommitted, [&](const auto& each) {
        return each.split == split && log_position{each.log, each.position} < committed &&
               !of_later_commit(each, commit);
      });
      for (auto& each : record.uncommitted)
        if (each.split == split) {
          waiting.emplace(log_position{each.log, each.position}, id);
          if (commit != 0 && each.awaited) {
            each.commit = of_no_commit;
            waits = true;
          }
        }
    });
    if (waits)
      awaited.push_back(id);
  }
  return awaited;
}

bool alarm_book::may_be_repeated(const uncommitted_transition& swept, milliseconds activity) const {
  return swept.passed < limits_.sweep_patience || activity - swept.passed_since < limits_.sweep_patience_time;
}

std::vector<alarm_book::decision> alarm_book::split_committed(const millwright::split_committed& to, event_time now) {
  std::vector<decision> out;
  const log_position committed{to.log, to.position};
  auto& waiting = uncommitted_[to.split];
  const auto end = waiting.lower_bound(committed);
  std::vector<std::pair<log_position, uuid>> patient;
  for (auto at = waiting.begin(); at != end; ++at) {
    const auto found = records_.find(at->second);
    if (found == records_.end())
      continue;
    uint32_t missing = 0;
    std::optional<bool> stood;
    bool waits = false;
    const auto passed = [&](uncommitted_transition& each) {
      const log_position own{each.log, each.position};
      if (each.split != to.split || own >= committed)
        return false;
      if (!each.awaited) {
        const bool later = of_later_commit(each, to.commit);
        waits = waits || (later && own == at->first);
        return !later;
      }
      if (each.swept && own == at->first && each.passed++ == 0)
        each.passed_since = to.activity;
      if (each.swept && may_be_repeated(each, to.activity)) {
        waits = waits || own == at->first;
        return false;
      }
      if (missing == 0 || each.number < missing) {
        missing = each.number;
        stood = stood_before(each);
      }
      return true;
    };
    change(found, [&](alarm_record& record) { std::erase_if(record.uncommitted, passed); });
    if (waits)
      patient.emplace_back(*at);
    if (missing == 0)
      continue;
    ++counters_.not_repeated;
    out.push_back(take_back(found, "not repeated by the replay", missing, stood, now));
  }
  waiting.erase(waiting.begin(), end);
  waiting.insert(patient.begin(), patient.end());
  return out;
}

std::vector<alarm_book::decision> alarm_book::split_begun_anew(uint16_t split, event_time now, uint32_t log) {
  std::vector<decision> out;
  logs_[split] = log;
  const log_position begin{log, 0};
  auto& waiting = uncommitted_[split];
  const auto end = waiting.lower_bound(begin);
  std::set<uuid> alarms;
  for (auto at = waiting.begin(); at != end; ++at)
    alarms.insert(at->second);
  waiting.erase(waiting.begin(), end);
  for (const auto& alarm : alarms) {
    const auto found = records_.find(alarm);
    if (found == records_.end())
      continue;
    uint32_t missing = 0;
    std::optional<bool> stood;
    std::vector<uint32_t> moved;
    change(found, [&](alarm_record& record) {
      for (auto& each : record.uncommitted) {
        if (each.split != split || each.log >= log)
          continue;
        each.log = begin.first;
        each.position = begin.second;
        moved.push_back(each.number);
        if (each.awaited && (missing == 0 || each.number < missing)) {
          missing = each.number;
          stood = stood_before(each);
        }
      }
    });
    for (const auto number : moved)
      if (missing == 0 || number < missing)
        waiting.emplace(begin, alarm);
    if (missing > 0) {
      ++counters_.not_repeated;
      out.push_back(take_back(found, "not repeated by the replay", missing, stood, now));
    }
  }
  return out;
}

std::optional<alarm_book::decision> alarm_book::take_back(const uuid& alarm, uint32_t first, bool stood,
                                                          std::string_view reason, event_time now) {
  const auto found = records_.find(alarm);
  if (found == records_.end() || first == 0 || found->second->last_number < first)
    return std::nullopt;
  return take_back(found, reason, first, stood, now);
}

bool alarm_book::expect_again(const uuid& alarm, uint32_t number) {
  const auto found = records_.find(alarm);
  if (found == records_.end())
    return false;
  bool any = false;
  change(found, [&](alarm_record& record) {
    for (auto& each : record.uncommitted)
      if (each.number == number) {
        each.awaited = any = true;
        each.commit = of_no_commit;
      }
  });
  return any;
}

// What the owner decided from `first` on is none of its decisions any more. Of an alarm that begins there it knows
// nothing, so nobody will ever end it but the book. Any other it has as it was before that, and goes on from there: in
// doubt (an older version took it) it stands.
alarm_book::decision alarm_book::take_back(place at, std::string_view reason, uint32_t first, std::optional<bool> stood,
                                           event_time now) {
  decision out;
  out.alarm = at->first;
  auto record = std::make_shared<alarm_record>(*at->second);
  const auto& latest = record->latest;
  const bool only = record->last_number == first;
  if (record->held && record->held->number >= told_number(*record, first)) {
    record->held = nullptr;
    record->held_back = false;
  }
  std::optional<transition_kind> step;
  if (!stood.value_or(first > 1 && !(only && latest.kind == transition_kind::reopened))) {
    if (record->state != alarm_state::cleared)
      step = transition_kind::cleared;
  } else if (ends_alarm(latest.kind)) {
    step = transition_kind::reopened;
  }
  if (step) {
    alarm_transition x = latest;
    x.kind = *step;
    x.number = record->last_number + 1;
    x.reason = reason;
    // What nobody has heard of by then pages as ever; the rest goes where it was told.
    x.pages = *step == transition_kind::reopened && record->pages && !told(*record);
    x.was = severity::normal;
    apply(*record, x, now, out);
    count(out);
  }
  record->last_number = first - 1;
  record->owner_ended = stood ? std::optional{!*stood} : std::nullopt;
  std::erase_if(record->missing, [&](uint32_t number) { return number >= first; });
  std::erase_if(record->uncommitted, [&](const auto& each) { return each.number >= first; });
  put(at, std::move(record));
  return out;
}

std::vector<uuid> alarm_book::tidy(event_time now, size_t most) {
  const size_t excess = records_.size() > limits_.most ? records_.size() - limits_.most : 0;
  std::vector<uuid> out;
  const auto leave = [&](const by_time& from, bool early_only) {
    std::vector<uuid> leaving;
    for (const auto& [changed, id] : from) {
      const auto left = out.size() + leaving.size();
      const bool early = left < excess && changed + limits_.stays <= now;
      const bool due = early || (!early_only && changed + limits_.retention <= now);
      if (!due || left >= most)
        break;
      if (records_.at(id)->uncommitted.empty())
        leaving.push_back(id);
    }
    for (const auto& id : leaving)
      drop(records_.find(id));
    out.insert(out.end(), leaving.begin(), leaving.end());
  };
  leave(finished_, false);
  leave(cleared_, true);
  return out;
}

alarm_book::record_pointer alarm_book::share(const uuid& alarm) const {
  const auto at = records_.find(alarm);
  return at == records_.end() ? nullptr : at->second;
}

uint32_t alarm_book::last_number(const uuid& alarm) const {
  const auto at = records_.find(alarm);
  return at == records_.end() ? 0 : at->second->last_number;
}

std::vector<alarm_book::record_pointer> alarm_book::newest_paged(size_t most) const {
  std::vector<record_pointer> out;
  for (auto at = paged_.rbegin(); at != paged_.rend() && out.size() < most; ++at)
    out.push_back(records_.at(at->second));
  return out;
}

} // namespace millwright
