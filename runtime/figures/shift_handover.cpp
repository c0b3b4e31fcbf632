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
  out.shelved = text_field(row, "shelved");
  out.shelved_until = time_field(row, "shelved_until");
  if (const auto remarks = row.FindMember("remarks"); remarks != row.MemberEnd() && remarks->value.IsArray())
    for (const auto& each : remarks->value.GetArray())
      if (each.IsObject() && text_field(each, "what") == name_of(alarm_remark::kind::note))
        out.notes.push_back({time_field(each, "at"), text_field(each, "by"), text_field(each, "text")});
  return out;
}

handed_shelf shelf_in(const rapidjson::Value& row) {
  handed_shelf out;
  const auto kind = text_field(row, "kind"), facility = text_field(row, "facility_id"),
             sensor = text_field(row, "sensor_id"), unit = text_field(row, "equipment_id");
  if (kind == name_of(alarm_shelf::scope::alarm))
    out.what = kind + ' ' + text_field(row, "alarm_id").substr(0, 8) + ", " + text_field(row, "rule") + " of " +
               place_of(facility, sensor, unit);
  else
    out.what = kind + ' ' + (sensor.empty() ? unit : sensor) + " of " + facility;
  out.by = text_field(row, "by");
  out.reason = text_field(row, "reason");
  out.since = time_field(row, "since");
  out.until = time_field(row, "until");
  return out;
}

/// Calls `each` with every line that is a JSON object.
template <class Each>
void for_each_row(std::string_view lines, Each each) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto row = json_line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (row.IsObject())
      each(row);
  }
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
        .time("shelved_until", each.shelved_until)
        .text_or_null("shelved", each.shelved)
        .raw(
            "notes",
            json_list(each.notes,
                      [](std::string& to, const handed_note& note) {
                        json_object{to}.time("at", note.at).text_or_null("by", note.by).text("text", note.text).close();
                      }))
        .text("message", each.message)
        .close();
  });
}

} // namespace

shift_handover handover_of(std::string_view book, std::string_view shelves, event_time since, event_time to) {
  shift_handover out;
  out.since = since;
  out.to = to;
  for_each_row(book, [&](const rapidjson::Value& row) {
    auto alarm = handed_in(row, since);
    if (alarm.stands)
      out.standing.push_back(std::move(alarm));
    else if (alarm.acknowledged_by.empty() && woke_somebody(row))
      out.unanswered.push_back(std::move(alarm));
    else
      out.dealt_with += alarm.is_new;
  });
  for_each_row(shelves, [&](const rapidjson::Value& row) {
    if (auto shelf = shelf_in(row); shelf.until != never)
      out.shelves.push_back(std::move(shelf));
  });
  std::stable_sort(out.shelves.begin(), out.shelves.end(),
                   [](const handed_shelf& a, const handed_shelf& b) { return a.until < b.until; });
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
      .raw("shelved", json_list(x.shelves,
                                [](std::string& to, const handed_shelf& each) {
                                  json_object{to}
                                      .text("what", each.what)
                                      .time("since", each.since)
                                      .time("until", each.until)
                                      .text_or_null("by", each.by)
                                      .text("reason", each.reason)
                                      .close();
                                }))
      .close();
}

} // namespace millwright
