#include "runtime/figures/shift_handover.hpp"

#include "protocol/alarm_record.hpp"
#include "protocol/json_list.hpp"
#include "runtime/figures/alarm_history.hpp"
#include "runtime/figures/json_line.hpp"

#include <algorithm>
#include <tuple>

namespace millwright {

namespace {

handed_alarm handed_in(const rapidjson::Value& row, event_time since) {
  handed_alarm out;
  out.short_id = text_field(row, "short_id");
  out.place = place_of(text_field(row, "facility_id"), text_field(row, "sensor_id"), text_field(row, "equipment_id"));
  out.rule = text_field(row, "rule");
  out.severity = text_field(row, "severity");
  out.message = text_field(row, "message");
  out.priority = static_cast<int>(whole_field(row, "priority"));
  out.raised = time_field(row, "raised_at");
  out.stands = text_field(row, "state") == name_of(alarm_state::active);
  out.is_new = out.raised >= since;
  if (true_field(row, "acknowledged")) {
    out.acknowledged_by = text_field(row, "acknowledged_by");
    if (out.acknowledged_by.empty())
      out.acknowledged_by = "somebody";
    out.acknowledged_at = time_field(row, "acknowledged_at");
  }
  return out;
}

bool woke_somebody(const rapidjson::Value& row) {
  const auto channels = row.FindMember("channels");
  return (channels != row.MemberEnd() && channels->value.IsArray() && !channels->value.Empty()) ||
         !text_field(row, "group").empty();
}

void sort(std::vector<handed_alarm>& alarms) {
  std::stable_sort(alarms.begin(), alarms.end(), [](const handed_alarm& a, const handed_alarm& b) {
    return std::tuple{!a.acknowledged_by.empty(), -a.priority, a.raised} <
           std::tuple{!b.acknowledged_by.empty(), -b.priority, b.raised};
  });
}

std::string list_json(const std::vector<handed_alarm>& alarms) {
  return json_list(alarms, [](std::string& out, const handed_alarm& each) {
    json_object{out}
        .text("short_id", each.short_id)
        .text("place", each.place)
        .text("rule", each.rule)
        .text("severity", each.severity)
        .integer("priority", each.priority)
        .time("raised_at", each.raised)
        .boolean("new", each.is_new)
        .text_or_null("acknowledged_by", each.acknowledged_by)
        .time("acknowledged_at", each.acknowledged_at)
        .text("message", each.message)
        .close();
  });
}

} // namespace

shift_handover handover_of(std::string_view book, event_time since, event_time to) {
  shift_handover out;
  out.since = since;
  out.to = to;
  while (!book.empty()) {
    const auto end = std::min(book.find('\n'), book.size());
    const auto row = json_line(book.substr(0, end));
    book.remove_prefix(std::min(end + 1, book.size()));
    if (!row.IsObject())
      continue;
    auto alarm = handed_in(row, since);
    if (alarm.stands)
      out.standing.push_back(std::move(alarm));
    else if (alarm.acknowledged_by.empty() && woke_somebody(row))
      out.unanswered.push_back(std::move(alarm));
    else
      out.dealt_with += alarm.is_new;
  }
  sort(out.standing);
  sort(out.unanswered);
  return out;
}

void append_json(std::string& out, const shift_handover& x) {
  json_object{out}
      .time("since", x.since)
      .time("to", x.to)
      .raw("standing", list_json(x.standing))
      .raw("unacknowledged", list_json(x.unanswered))
      .integer("dealt_with", static_cast<int64_t>(x.dealt_with))
      .close();
}

} // namespace millwright
