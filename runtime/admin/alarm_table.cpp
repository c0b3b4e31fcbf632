#include "runtime/admin/alarm_table.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace millwright {

namespace {

constexpr std::array<std::string_view, 7> titles{"ID", "STATE", "PRIO", "SEVERITY", "SINCE (UTC)", "SENSOR", "MESSAGE"};
constexpr size_t message_column = 6;
/// A sensor's name may be long; the message matters as well.
constexpr size_t widest = 24;

struct table_row {
  std::array<std::string, titles.size()> cells;
  /// Why nobody was paged; empty where somebody was. Of one that is shelved: until when, by whom and why.
  std::string reason;
};

table_row read_row(std::string_view line) {
  rapidjson::Document row;
  if (row.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size()).HasParseError() || !row.IsObject())
    throw failure{failure_code::not_found, "", "the node has answered with something else than alarms"};
  const auto flag = row.FindMember("acknowledged");
  const auto priority = row.FindMember("priority");
  auto state = text_in(row, "state");
  if (flag != row.MemberEnd() && flag->value.IsBool() && flag->value.GetBool())
    state += ", acked";
  const auto shelved = text_in(row, "shelved");
  if (!shelved.empty())
    state += ", shelved";
  const auto first = text_in(row, "child_of");
  auto since = text_in(row, "raised_at").substr(0, 19);
  std::replace(since.begin(), since.end(), 'T', ' ');
  auto sensor = text_in(row, "sensor_id");
  // A group's are those of a unit, or of a whole site.
  for (const auto* key : {"equipment_id", "facility_id"})
    if (sensor.empty())
      sensor = text_in(row, key);
  const auto level = text_in(row, "severity");
  auto message = text_in(row, "message");
  // Its column says the severity already.
  if (!level.empty() && message.starts_with(level + ' '))
    message.erase(0, level.size() + 1);
  if (!first.empty())
    message.insert(0, "(child of " + first + ") ");
  const auto channels = row.FindMember("channels");
  const bool paged = channels != row.MemberEnd() && channels->value.IsArray() && !channels->value.Empty();
  return {{text_in(row, "short_id"), state,
           priority != row.MemberEnd() && priority->value.IsInt() ? std::to_string(priority->value.GetInt()) : "",
           level, since, sensor, message},
          !shelved.empty() ? shelved
          : paged          ? std::string{}
                           : text_in(row, "explanation")};
}

} // namespace

std::string render_alarm_table(std::string_view rows, uint64_t total, int width, bool colour, bool reasons) {
  std::vector<table_row> table;
  while (!rows.empty()) {
    const auto end = std::min(rows.find('\n'), rows.size());
    table.push_back(read_row(rows.substr(0, end)));
    rows.remove_prefix(std::min(end + 1, rows.size()));
  }
  std::array<size_t, titles.size()> widths;
  for (size_t i = 0; i < widths.size(); ++i) {
    widths[i] = titles[i].size();
    for (const auto& row : table)
      widths[i] = std::max(widths[i], std::min(widest, display_width(row.cells[i])));
  }
  const size_t all = width > 0 ? static_cast<size_t>(width) : std::numeric_limits<size_t>::max() / 2;
  std::string out;
  const auto add = [&](const auto& row, std::string_view paint) {
    size_t left = all;
    for (size_t i = 0; i < titles.size() && left > 0; ++i) {
      const auto cell = i == message_column ? fit(row[i], left) : fit(pad(row[i], widths[i]), left);
      left -= std::min(left, display_width(cell));
      const auto own = i == 3 ? colour_of_severity(row[i]) : std::string_view{};
      out += coloured(cell, own.empty() ? paint : own, colour);
      const size_t gap = i == message_column ? 0 : std::min<size_t>(2, left);
      out.append(gap, ' ');
      left -= gap;
    }
    while (!out.empty() && out.back() == ' ')
      out.pop_back();
    out += '\n';
  };
  add(titles, ansi::dim);
  for (const auto& row : table) {
    add(row.cells, {});
    if (reasons && !row.reason.empty())
      out += coloured(fit("          " + row.reason, all), ansi::dim, colour) + '\n';
  }
  if (total > table.size())
    out += fit("... and " + grouped(total - table.size()) + " more (--limit N)", all) + '\n';
  return out;
}

std::string render_flood(std::string_view closing) {
  std::string out;
  each_answer_row(closing, [&](const answer_row& row) {
    if (const auto since = text_in(row, "flood_since"); !since.empty())
      out = "a flood of alarms since " + clock_text(since) + " UTC: " + grouped(count_in(row, "alarms_in_10_min")) +
            " in ten minutes\n";
  });
  return out;
}

} // namespace millwright
