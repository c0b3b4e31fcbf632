#include "actors/alarm/alarm_book.hpp"

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

std::string what_of(const alarm_transition& x) {
  std::string out{name_of(x.condition.which)};
  out += ' ';
  out += name_of(x.level);
  return out;
}

// Lower-case digits of an id or its beginning, without dashes; none when it cannot be one.
std::optional<std::string> digits_of(std::string_view id) {
  std::string out;
  for (const char c : id) {
    if (c == '-')
      continue;
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
      return std::nullopt;
    out += static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
  }
  if (out.empty() || out.size() > 32)
    return std::nullopt;
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

bool starts_with(const uuid& id, const std::string& digits) {
  const auto text = digits_of(to_string(id));
  return text && text->starts_with(digits);
}

} // namespace

void alarm_book::restore(alarm_record record) {
  for (auto& each : record.uncommitted) {
    each.awaited = true;
    uncommitted_[each.split].emplace(each.position, record.id());
  }
  const auto id = record.id();
  records_.insert_or_assign(id, std::move(record));
}

alarm_book::decision alarm_book::take(const alarm_transition& x, event_time now) {
  decision out;
  out.alarm = x.alarm;
  auto [at, fresh] = records_.try_emplace(x.alarm);
  auto& record = at->second;
  if (fresh) {
    record.raise = x;
  } else if (x.number <= record.last_number) {
    ++counters_.repeated;
    for (auto& each : record.uncommitted)
      if (each.number == x.number)
        each.awaited = false;
    return out;
  }
  if (x.number != record.last_number + 1)
    ++counters_.gaps;
  ++counters_.taken;
  record.last_number = x.number;
  // What the node itself decides is dated by the wall clock; no replay repeats it.
  if (x.condition.which < first_node_rule) {
    record.uncommitted.push_back({x.number, x.split, x.position, false});
    uncommitted_[x.split].emplace(x.position, x.alarm);
  }
  apply(record, x, now, out);
  return out;
}

void alarm_book::apply(alarm_record& record, const alarm_transition& x, event_time now, decision& out) {
  out.taken = true;
  const bool was_chattering = record.latest.chattering;
  record.latest = x;
  record.changed_at = now;
  switch (x.kind) {
  case transition_kind::raised:
  case transition_kind::reopened:
    record.state = alarm_state::active;
    record.acknowledged = false;
    break;
  case transition_kind::updated:
    // Who acknowledged it as high has not yet seen it as critical.
    if (x.level > record.paged_level && x.pages)
      record.acknowledged = false;
    break;
  case transition_kind::cleared:
    record.state = alarm_state::cleared;
    break;
  case transition_kind::adapted:
    record.state = alarm_state::adapted;
    break;
  case transition_kind::acknowledged:
    record.acknowledged = true;
    break;
  }
  decide(record, x, was_chattering, out);
  for (const auto& each : out.pages)
    ++(each.kind == page_kind::alert ? counters_.alerts : counters_.notices);
}

// Each raise alerts once, and once more for each higher severity that wakes people. Whatever follows goes where the
// alert went, but for the coming and going of what is known to chatter.
void alarm_book::decide(alarm_record& record, const alarm_transition& x, bool was_chattering, decision& out) {
  const bool ends = x.kind == transition_kind::cleared || x.kind == transition_kind::adapted;
  auto& why = record.explanation;
  if (x.kind == transition_kind::acknowledged) {
    why = "quiet: an acknowledgement is told to nobody";
    return;
  }
  const bool told_before = x.level <= record.paged_level && !record.paged_to.empty();
  if (x.pages && !ends && !told_before) {
    send_to(ways_.route(x), page_kind::alert, x, out);
    if (out.pages.empty()) {
      why = "not paged: no channel is configured";
      return;
    }
    for (const auto& each : out.pages)
      if (std::find(record.paged_to.begin(), record.paged_to.end(), each.channel) == record.paged_to.end())
        record.paged_to.push_back(each.channel);
    record.paged_level = x.level;
    why = "paged " + names_of(out.pages) + ": " + what_of(x) + ", priority " + std::to_string(x.priority);
    return;
  }
  if (record.paged_to.empty()) {
    why = "not paged: " + what_of(x) + " wakes nobody";
    return;
  }
  if (x.kind == transition_kind::updated || x.kind == transition_kind::raised) {
    why = "quiet: already paged as " + std::string{name_of(record.paged_level)};
    return;
  }
  if (x.kind == transition_kind::reopened && x.chattering && was_chattering) {
    why = "quiet: it is known to chatter";
    return;
  }
  send_to(record.paged_to, page_kind::notice, x, out);
  why = out.pages.empty() ? "quiet: no channel that was paged is configured any more"
                          : "noticed " + names_of(out.pages) + ", as they were paged: " + std::string{name_of(x.kind)};
}

void alarm_book::send_to(const std::vector<channel_name>& channels, page_kind kind, const alarm_transition& x,
                         decision& out) {
  for (const auto& channel : channels)
    if (ways_.has(channel)) {
      out.pages.push_back({channel, kind, x, false});
      // Not stored, so a page read back from the outbox is the same bytes.
      out.pages.back().about.taken_ns = 0;
    }
}

alarm_book::acknowledgement alarm_book::acknowledge(std::string_view id, std::string_view by, event_time now) {
  using answer = acknowledgement::answer;
  const auto digits = digits_of(id);
  if (!digits)
    return {answer::unknown, {}};
  const auto first = records_.lower_bound(smallest_with(*digits));
  if (first == records_.end() || !starts_with(first->first, *digits))
    return {answer::unknown, {}};
  if (const auto second = std::next(first); second != records_.end() && starts_with(second->first, *digits))
    return {answer::ambiguous, {}};
  auto& record = first->second;
  if (record.acknowledged)
    return {answer::already_acknowledged, record.id()};
  record.acknowledged = true;
  record.acknowledged_by = by;
  record.acknowledged_at = now;
  record.changed_at = now;
  return {answer::acknowledged, record.id()};
}

void alarm_book::split_started(uint16_t split, uint64_t position) {
  auto& waiting = uncommitted_[split];
  const auto end = waiting.lower_bound(position);
  for (auto at = waiting.begin(); at != end; ++at)
    if (const auto record = records_.find(at->second); record != records_.end())
      std::erase_if(record->second.uncommitted,
                    [&](const auto& each) { return each.split == split && each.position < position; });
  waiting.erase(waiting.begin(), end);
}

std::vector<alarm_book::decision> alarm_book::split_committed(uint16_t split, uint64_t position, event_time now) {
  std::vector<decision> out;
  auto& waiting = uncommitted_[split];
  const auto end = waiting.lower_bound(position);
  for (auto at = waiting.begin(); at != end; ++at) {
    const auto found = records_.find(at->second);
    if (found == records_.end())
      continue;
    auto& record = found->second;
    uint32_t missing = 0;
    for (const auto& each : record.uncommitted)
      if (each.split == split && each.position < position && each.awaited && (missing == 0 || each.number < missing))
        missing = each.number;
    std::erase_if(record.uncommitted,
                  [&](const auto& each) { return each.split == split && each.position < position; });
    if (missing == 0)
      continue;
    ++counters_.not_repeated;
    if (record.state != alarm_state::cleared)
      out.push_back(clear_for(record, "not repeated by the replay", now));
    // The owner knows nothing from here on: its next transition takes up the count there.
    record.last_number = missing - 1;
  }
  waiting.erase(waiting.begin(), end);
  return out;
}

std::vector<alarm_book::decision> alarm_book::clear_node_conditions(std::string_view reason, event_time now) {
  std::vector<decision> out;
  for (auto& [id, record] : records_)
    if (record.state == alarm_state::active && record.raise.condition.which >= first_node_rule)
      out.push_back(clear_for(record, reason, now));
  return out;
}

alarm_book::decision alarm_book::clear_for(alarm_record& record, std::string_view reason, event_time now) {
  alarm_transition x = record.latest;
  x.kind = transition_kind::cleared;
  x.number = ++record.last_number;
  x.reason = reason;
  x.pages = false;
  decision out;
  out.alarm = record.id();
  apply(record, x, now, out);
  return out;
}

std::vector<uuid> alarm_book::tidy(event_time now) {
  std::vector<std::tuple<bool, event_time, uuid>> leaving;
  const size_t excess = records_.size() > limits_.most ? records_.size() - limits_.most : 0;
  for (const auto& [id, record] : records_) {
    const bool settled = record.uncommitted.empty();
    if (settled && (record.finished() ? excess > 0 || record.changed_at + limits_.retention <= now
                                      : excess > 0 && record.state == alarm_state::cleared))
      leaving.emplace_back(!record.finished(), record.changed_at, id);
  }
  std::sort(leaving.begin(), leaving.end());
  std::vector<uuid> out;
  for (const auto& [unfinished, changed, id] : leaving)
    if (out.size() < excess || (!unfinished && changed + limits_.retention <= now)) {
      records_.erase(id);
      out.push_back(id);
    }
  return out;
}

const alarm_record* alarm_book::find(const uuid& alarm) const {
  const auto at = records_.find(alarm);
  return at == records_.end() ? nullptr : &at->second;
}

std::vector<const alarm_record*> alarm_book::list(size_t limit, bool only_active) const {
  std::vector<const alarm_record*> out;
  for (const auto& [id, record] : records_)
    if (!only_active || record.state != alarm_state::cleared)
      out.push_back(&record);
  const auto rank = [](const alarm_record* x) {
    return std::tuple{x->state == alarm_state::cleared, x->acknowledged, -x->latest.priority, -epoch_ms(x->latest.at),
                      x->id()};
  };
  const size_t shown = std::min(limit, out.size());
  std::partial_sort(out.begin(), out.begin() + static_cast<ptrdiff_t>(shown), out.end(),
                    [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  out.resize(shown);
  return out;
}

size_t alarm_book::active() const {
  return static_cast<size_t>(std::count_if(records_.begin(), records_.end(),
                                           [](const auto& each) { return each.second.state != alarm_state::cleared; }));
}

size_t alarm_book::unacknowledged() const {
  return static_cast<size_t>(std::count_if(records_.begin(), records_.end(), [](const auto& each) {
    return !each.second.acknowledged && !each.second.paged_to.empty();
  }));
}

} // namespace millwright
