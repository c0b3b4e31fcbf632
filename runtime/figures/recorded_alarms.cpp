#include "runtime/figures/recorded_alarms.hpp"

#include "runtime/figures/json_line.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t uuid_length = 36;

template <class Take>
void each_line(std::string_view lines, Take take) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    if (end > 0)
      take(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

// What rows of alarms and of the alarm book have in common. None where it is neither.
std::optional<alarm_transition> step_in(const rapidjson::Value& row) {
  alarm_transition out;
  const auto which = rule_named(text_field(row, "rule"));
  const auto kind = transition_kind_named(text_field(row, "transition"));
  if (!which || !kind || !parse_uuid(text_field(row, "alarm_id"), out.alarm))
    return std::nullopt;
  out.kind = *kind;
  out.number = static_cast<uint32_t>(whole_field(row, "number"));
  out.at = time_field(row, "timestamp");
  out.condition = {
      {text_field(row, "facility_id")}, {text_field(row, "sensor_id")}, {text_field(row, "equipment_id")}, *which};
  out.level = severity_named(text_field(row, "severity")).value_or(severity::normal);
  out.priority = static_cast<int>(whole_field(row, "priority"));
  // A row of the book knows when it was raised; any other is of that time at the latest.
  const auto raised = time_field(row, "raised_at");
  out.raised_at = raised == never ? out.at : raised;
  return out;
}

} // namespace

std::optional<transition_kind> transition_kind_named(std::string_view name) {
  for (auto each : {transition_kind::raised, transition_kind::updated, transition_kind::reopened,
                    transition_kind::cleared, transition_kind::adapted, transition_kind::acknowledged})
    if (name_of(each) == name)
      return each;
  return std::nullopt;
}

void recorded_alarms::note(event_time at) {
  oldest_ = std::min(oldest_, at);
  newest_ = std::max(newest_, at);
}

void recorded_alarms::take_notifications(std::string_view lines) {
  each_line(lines, [&](std::string_view line) { take_notification(line); });
}

void recorded_alarms::take_book(std::string_view lines) {
  each_line(lines, [&](std::string_view line) { take_group(line); });
}

void recorded_alarms::take_alarms(std::string_view lines) {
  each_line(lines, [&](std::string_view line) { take_step(line); });
}

void recorded_alarms::take_notification(std::string_view line) {
  const auto row = json_line(line);
  uuid alarm;
  if (!row.IsObject() || !parse_uuid(text_field(row, "alarm_id"), alarm))
    return;
  const auto outcome = text_field(row, "outcome");
  const auto at = time_field(row, "timestamp");
  if (outcome == name_of(notification_outcome::failed) || at == never)
    return;
  note(at);
  heard_.insert(alarm);
  if (outcome != name_of(notification_outcome::sent) && outcome != name_of(notification_outcome::planned))
    return;
  // ALARM-NUMBER-CHANNEL
  const auto key = text_field(row, "key");
  const auto digits = key.size() > uuid_length ? key.substr(uuid_length + 1) : std::string{};
  const auto number = parse_natural(digits.substr(0, digits.find('-'))).value_or(0);
  auto& sent = sent_[{alarm, static_cast<uint32_t>(number)}];
  sent.at = at;
  sent.channels.insert(text_field(row, "channel"));
}

void recorded_alarms::tell(const alarm_transition& x, const told_row& row) {
  if (row.at < from_ || row.at > to_)
    return;
  page told{{}, page_kind::alert, x};
  for (const auto& channel : row.channels) {
    told.channel.text = channel;
    history_.tell(told);
  }
}

// Nobody but the book knows of a group: each of its pages alerts, but for that of its end.
void recorded_alarms::take_group(std::string_view line) {
  const auto row = json_line(line);
  const auto newest = row.IsObject() ? step_in(row) : std::nullopt;
  if (!newest || !is_group(newest->condition))
    return;
  auto step = *newest;
  step.kind = transition_kind::raised;
  step.number = 1;
  step.at = step.raised_at;
  history_.take(step);
  const bool over = ends_alarm(newest->kind);
  for (auto at = sent_.lower_bound({step.alarm, 0}); at != sent_.end() && at->first.first == step.alarm;
       at = sent_.erase(at)) {
    auto about = *newest;
    about.number = at->first.second;
    about.at = at->second.at;
    about.kind = about.number == 1 ? transition_kind::raised : transition_kind::updated;
    if (about.number != newest->number || !over)
      tell(about, at->second);
  }
  if (over)
    history_.take(*newest);
}

void recorded_alarms::take_step(std::string_view line) {
  const auto row = json_line(line);
  const auto step = row.IsObject() ? step_in(row) : std::nullopt;
  if (!step || step->at == never)
    return;
  note(step->at);
  const auto& x = *step;
  if (!heard_.contains(x.alarm)) {
    if (x.kind == transition_kind::raised && x.at >= from_ && x.at <= to_)
      history_.show(x.condition, x.at);
    return;
  }
  if (x.at > to_)
    return;
  history_.take(x);
  history_.tell_by_group(x);
  const auto sent = sent_.find({x.alarm, x.number});
  if (sent == sent_.end())
    return;
  // A reopening is told to those who heard of the alarm, and wants nothing new of them unless it is worse.
  auto& level = levels_[x.alarm];
  const bool alerts = x.kind == transition_kind::raised || x.kind == transition_kind::updated ||
                      (x.kind == transition_kind::reopened && x.level > level);
  if (alerts) {
    level = std::max(level, x.level);
    tell(x, sent->second);
  }
  sent_.erase(sent);
}

alarm_history recorded_alarms::finish() {
  // What nobody knows of is a digest, which has an alarm's id of its own; or a row that is gone.
  for (const auto& [key, row] : sent_)
    if (key.second <= 1 && row.at >= from_ && row.at <= to_)
      history_.tell_digest();
  sent_.clear();
  return std::move(history_);
}

} // namespace millwright
