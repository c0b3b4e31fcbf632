#include "runtime/admin/actor_page.hpp"

#include "runtime/admin/peer_user.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/admin/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace millwright {

namespace {

// Those that are shown in a way of their own, or stand in the row already.
constexpr std::array<std::string_view, 27> of_units{"health",
                                                    "reason",
                                                    "since",
                                                    "rank",
                                                    "presence",
                                                    "presence_since",
                                                    "last_update",
                                                    "runtime_hours",
                                                    "readings",
                                                    "faults",
                                                    "types",
                                                    "members",
                                                    "sensors",
                                                    "maintenance_since",
                                                    "maintenance_by",
                                                    "maintenance_user",
                                                    "maintenance_note",
                                                    "last_maintenance",
                                                    "last_maintenance_by",
                                                    "last_maintenance_user",
                                                    "last_maintenance_note",
                                                    "health_score",
                                                    "health_score_of",
                                                    "health_score_at",
                                                    "risk_level",
                                                    "maintenance_recommended",
                                                    "extrapolated"};

bool is_true(const answer_row& row, const char* key) {
  const auto& x = field_in(row, key);
  return x.IsBool() && x.GetBool();
}

constexpr std::array<std::string_view, 1> of_actors{"open_windows"};

int rank_in(const answer_row& row) {
  const auto& x = field_in(row, "rank");
  return x.IsInt() ? x.GetInt() : 0;
}

std::string counted(uint64_t n, std::string_view what) {
  return grouped(n) + ' ' + std::string{what};
}

std::string span_in_hours(double hours) {
  return std::isfinite(hours) && hours >= 0 && hours < 1e9 ? span_text(std::llround(hours * 3'600'000)) : "-";
}

// "2026-11-01 08:00:00 by anna (user ann): new bearing".
std::string report_in(const answer_row& page, const std::string& when, const std::string& prefix) {
  const auto at = text_in(page, when.c_str()), by = text_in(page, (prefix + "_by").c_str()),
             user = text_in(page, (prefix + "_user").c_str()), note = text_in(page, (prefix + "_note").c_str());
  const auto who = user.empty() ? by : said_and_seen(by, user);
  auto out = clock_text(at);
  if (!who.empty())
    out += (by.empty() ? " " : " by ") + who;
  return note.empty() ? out : out + ": " + note;
}

std::string maintenance_of(const answer_row& page) {
  std::string out;
  if (!text_in(page, "maintenance_since").empty())
    out = "since " + report_in(page, "maintenance_since", "maintenance");
  if (!text_in(page, "last_maintenance").empty())
    out += (out.empty() ? "last " : "; last ") + report_in(page, "last_maintenance", "last_maintenance");
  return out;
}

// The worst of its sensors' scores, and whose it is.
std::string score_of(const answer_row& page) {
  const auto score = number_in(page, "health_score");
  if (!std::isfinite(score))
    return {};
  auto out = fmt::format("{} ({}), the worst of its sensors': {} at {}", figure_text(std::round(score * 1000) / 1000),
                         text_in(page, "risk_level"), text_in(page, "health_score_of"),
                         clock_text(text_in(page, "health_score_at")));
  if (is_true(page, "maintenance_recommended"))
    out += "; maintenance recommended";
  if (is_true(page, "extrapolated"))
    out += "; a guess: unlike what the model was trained with";
  return out;
}

std::string conditions_of(const answer_row& member) {
  std::string out;
  const auto& all = field_in(member, "conditions");
  if (all.IsArray())
    for (const auto& each : all.GetArray()) {
      out +=
          fmt::format("{}{} {}, since {}{}", out.empty() ? "" : "; ", text_in(each, "rule"), text_in(each, "severity"),
                      clock_text(text_in(each, "since")), is_true(each, "pages") ? ", pages" : "");
    }
  return out;
}

std::string_view colour_of_member(const answer_row& member) {
  if (is_true(member, "in_alarm"))
    return ansi::red;
  return is_true(member, "abnormal") || is_true(member, "stale") || is_true(member, "bad_quality") ? ansi::yellow
                                                                                                   : std::string_view{};
}

std::string table_of_types(const answer_row& types, int width, bool colour) {
  text_table table{{"TYPE", "AVERAGE", "PEAK", "STDDEV", "QUALITY", "READINGS", "OVER (UTC)"}, width, colour};
  for (const auto& each : types.GetArray()) {
    // That a window is "unstable" is a word of the records: every power meter's is. What counts is the unit's health.
    const bool degraded = text_in(each, "status") == "degraded";
    const auto from = clock_text(text_in(each, "from")), to = clock_text(text_in(each, "to"));
    table.add({{text_in(each, "type")},
               {figure_text(number_in(each, "avg"))},
               {figure_text(number_in(each, "peak"))},
               {figure_text(number_in(each, "stddev"))},
               {figure_text(number_in(each, "quality")), degraded ? ansi::yellow : std::string_view{}},
               {grouped(count_in(each, "count"))},
               {from + " to " + (to.size() > 11 ? to.substr(11) : to)}});
  }
  return table.empty() ? std::string{} : '\n' + table.text();
}

std::string table_of_members(const answer_row& members, int width, bool colour) {
  const bool scored = std::any_of(members.Begin(), members.End(), [](const answer_row& each) {
    return std::isfinite(number_in(each, "health_score"));
  });
  std::vector<std::string> titles{"SENSOR", "TYPE", "VALUE", "QUALITY", "AT (UTC)", "WHAT STANDS"};
  if (scored)
    titles.insert(titles.begin() + 4, "SCORE");
  text_table table{std::move(titles), width, colour};
  for (const auto& each : members.GetArray()) {
    std::vector<text_table::cell> row{{text_in(each, "sensor")},
                                      {text_in(each, "type")},
                                      {figure_text(number_in(each, "value"))},
                                      {figure_text(number_in(each, "quality"))},
                                      {clock_text(text_in(each, "at"))},
                                      {conditions_of(each), colour_of_member(each)}};
    if (scored)
      row.insert(row.begin() + 4, {figure_text(std::round(number_in(each, "health_score") * 1000) / 1000)});
    table.add(std::move(row));
  }
  return table.empty() ? std::string{} : '\n' + table.text();
}

std::string words_of(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

/// Objects under each other: a column for each of the first one's fields.
std::string table_of(const answer_row& rows, int width, bool colour) {
  std::vector<std::string> keys, titles;
  for (const auto& each : rows[0].GetObject()) {
    keys.emplace_back(each.name.GetString(), each.name.GetStringLength());
    auto title = words_of(keys.back());
    std::transform(title.begin(), title.end(), title.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    titles.push_back(std::move(title));
  }
  text_table table{std::move(titles), width, colour};
  for (const auto& each : rows.GetArray()) {
    std::vector<text_table::cell> row;
    for (const auto& key : keys)
      row.push_back({value_text(field_in(each, key))});
    table.add(std::move(row));
  }
  return table.text();
}

bool is_table(const answer_row& x) {
  return x.IsArray() && !x.Empty() && x[0].IsObject() && x[0].MemberCount() > 0;
}

/// What a page holds beside the fields `known`.
std::string other_fields(const answer_row& page, std::span<const std::string_view> known, int width, bool colour,
                         size_t titles = title_columns) {
  std::string lines, tables;
  for (const auto& each : page.GetObject()) {
    const std::string_view key{each.name.GetString(), each.name.GetStringLength()};
    if (std::find(known.begin(), known.end(), key) != known.end())
      continue;
    if (is_table(each.value))
      tables += '\n' + fit(words_of(key), columns_of(width)) + '\n' + table_of(each.value, width, colour);
    else
      lines += page_line(words_of(key), value_text(each.value), width, colour, titles);
  }
  return lines + tables;
}

std::string title_line(const answer_row& row, std::string_view kind, int width, bool colour) {
  const auto id = text_in(row, "id"), facility = text_in(row, "facility_id");
  const auto name = id.empty() ? facility : id + " of " + facility;
  return coloured(fit(std::string{kind} + ' ' + name, columns_of(width)), ansi::bold, colour) + '\n';
}

std::string no_answer(int width) {
  return fit("  it has not answered; ask again in some seconds", columns_of(width)) + '\n';
}

} // namespace

std::string render_fields(const answer_row& page, int width, bool colour, size_t titles) {
  return other_fields(page, of_actors, width, colour, titles);
}

std::string page_line(std::string_view title, std::string_view text, int width, bool colour, size_t titles) {
  const size_t columns = columns_of(width);
  const auto shown = fit("  " + pad(title, std::max(titles, display_width(title))) + "  ", columns);
  return coloured(shown, ansi::dim, colour) + fit(text, columns - std::min(columns, display_width(shown))) + '\n';
}

std::string render_headline(const answer_row& row, int width, bool colour) {
  const auto state = text_in(row, "state"), since = text_in(row, "since"), reason = text_in(row, "reason");
  auto text = "  " + state;
  if (!since.empty())
    text += " since " + clock_text(since) + " UTC";
  if (!reason.empty())
    text += ": " + reason;
  return coloured(fit(text, columns_of(width)), colour_of_state(state, rank_in(row)), colour) + '\n';
}

std::string render_unit(const answer_row& unit, int width, bool colour) {
  auto out = title_line(unit, "unit", width, colour) + render_headline(unit, width, colour);
  const auto& page = field_in(unit, "page");
  if (!page.IsObject())
    return out + no_answer(width);
  const auto line = [&](std::string_view title, const std::string& text) {
    out += page_line(title, text, width, colour);
  };
  const auto since = text_in(page, "presence_since");
  line("presence", text_in(page, "presence") + (since.empty() ? "" : " since " + clock_text(since)) +
                       ", last reading " + clock_text(text_in(page, "last_update")));
  if (const auto text = maintenance_of(page); !text.empty())
    line("maintenance", text);
  if (const auto text = score_of(page); !text.empty())
    line("health score", text);
  // By the time between readings, whatever the records count by.
  line("runtime", span_in_hours(number_in(page, "runtime_hours")) + "; " +
                      counted(count_in(page, "readings"), "readings") + ", " +
                      counted(count_in(page, "faults"), "of bad quality"));
  const auto& sensors = field_in(page, "sensors");
  line("sensors", grouped(count_in(sensors, "all")) + ": " + counted(count_in(sensors, "in_alarm"), "in alarm, ") +
                      counted(count_in(sensors, "abnormal"), "outside their normal range, ") +
                      counted(count_in(sensors, "stale"), "silent, ") +
                      counted(count_in(sensors, "bad_quality"), "of bad quality"));
  out += other_fields(page, of_units, width, colour);
  if (const auto& types = field_in(page, "types"); types.IsArray())
    out += table_of_types(types, width, colour);
  if (const auto& members = field_in(page, "members"); members.IsArray())
    out += table_of_members(members, width, colour);
  return out;
}

std::string render_actor(const answer_row& actor, int width, bool colour) {
  auto out = title_line(actor, text_in(actor, "kind"), width, colour) + render_headline(actor, width, colour);
  const auto& page = field_in(actor, "page");
  return out + (page.IsObject() ? render_fields(page, width, colour) : no_answer(width));
}

} // namespace millwright
