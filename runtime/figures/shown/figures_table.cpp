#include "runtime/figures/shown/figures_table.hpp"

#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/admin/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace millwright {

namespace {

// A table has so many rows; --json has them all.
constexpr size_t rows_shown = 20;

/// A line of the first table.
struct figure_line {
  std::string label, value;
  /// What ISA-18.2 and EEMUA 191 hold for bearable; empty: nothing.
  std::string goal;
};

std::string time_text(event_time at) {
  return at == never ? "-" : clock_text(to_iso(at));
}

std::string share_text(uint64_t part, uint64_t all) {
  return all == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(all));
}

std::string average_text(double x) {
  return fmt::format("{:.3g}", x);
}

std::vector<figure_line> lines_of(const judged_alarms& x) {
  const auto& figures = x.figures;
  const auto& rates = figures.rates;
  std::vector<figure_line> out;
  const auto add = [&](std::string label, std::string value, std::string goal = {}) {
    out.push_back({std::move(label), std::move(value), std::move(goal)});
  };
  if (x.readings)
    add("readings", grouped(*x.readings));
  add("alarms raised", grouped(figures.alarms));
  add("of which were told", grouped(figures.told));
  add("pages", grouped(figures.pages));
  if (figures.digests > 0)
    add("digests beside them", grouped(figures.digests));
  add("an operator in 10 min", average_text(rates.average), "1 at most");
  add("worst 10 min", grouped(rates.worst), figures.operators == 1 ? "10 at most" : "10 an operator at most");
  add("worst until", time_text(rates.worst_at));
  add("10 min with more than 10", share_text(rates.periods_over, rates.periods), "under 1 %");
  add("floods of alarms", grouped(figures.alarm_floods.size()), "none");
  add("floods", grouped(rates.floods.size()), "none");
  add("time in flood", rates.floods.empty() ? "-" : span_text(rates.flooded().count()));
  add("the 10 most frequent", share_text(figures.most_frequent_pages(), figures.pages), "5 % at most, of many");
  add("chattering", grouped(figures.chattering.size()), "none");
  add("stood over 24 h", grouped(figures.stale.size()), "under 5");
  add("standing at the end", grouped(figures.standing));
  for (const auto& [level, goal] : {std::pair{severity::critical, "about 5 %"}, std::pair{severity::high, "about 15 %"},
                                    std::pair{severity::medium, "about 80 %, with low"}, std::pair{severity::low, ""}})
    add("pages that are " + std::string{name_of(level)},
        share_text(figures.by_severity[static_cast<size_t>(level)], figures.pages), goal);
  if (!x.score)
    return out;
  add("faults", grouped(x.score->all.faults));
  add("found", grouped(x.score->all.found));
  add("missed", grouped(x.score->all.faults - x.score->all.found), "none");
  add("false pages", grouped(x.score->false_pages.size()), "none");
  add("paged after, median", x.score->delays.empty() ? "-" : span_text(x.score->median_delay().count()));
  return out;
}

std::string span_line(const alarm_figures& x) {
  return fmt::format("{} to {} UTC, {}, {} operator{}\n", time_text(x.from), time_text(x.to),
                     span_text((x.to - x.from).count()), x.operators, x.operators == 1 ? "" : "s");
}

using row_cells = std::vector<text_table::cell>;

/// Under its head as many rows as a table has, then how many there are beside them; nothing where there are none.
template <class Rows, class Cells>
std::string shown_rows(const std::string& head, text_table table, const Rows& rows, Cells cells_of) {
  if (rows.empty())
    return {};
  for (size_t i = 0; i < std::min(rows_shown, rows.size()); ++i)
    table.add(cells_of(rows[i]));
  auto out = '\n' + (head.empty() ? head : head + '\n') + table.text();
  if (rows.size() > rows_shown)
    out += fmt::format("... and {} more (--json has all)\n", grouped(rows.size() - rows_shown));
  return out;
}

/// Those with most pages first.
std::string tally_table(const std::string& title, const std::map<std::string, alarm_tally>& tallies, int width,
                        bool colour) {
  std::vector<std::pair<std::string, alarm_tally>> rows{tallies.begin(), tallies.end()};
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair{a.second.pages, a.second.alarms} > std::pair{b.second.pages, b.second.alarms};
  });
  return shown_rows({}, {{title, "PAGES", "ALARMS"}, width, colour}, rows, [](const auto& x) {
    return row_cells{{x.first}, {grouped(x.second.pages)}, {grouped(x.second.alarms)}};
  });
}

/// Those that change most first; what stays as it is is left out.
std::string change_table(const std::string& title, const std::map<std::string, page_change>& changes, int width,
                         bool colour) {
  std::vector<std::pair<std::string, page_change>> rows;
  for (const auto& each : changes)
    if (each.second.more > 0 || each.second.fewer > 0)
      rows.push_back(each);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.second.more + a.second.fewer > b.second.more + b.second.fewer;
  });
  return shown_rows({}, {{title, "BEFORE", "AFTER", "MORE", "FEWER"}, width, colour}, rows, [](const auto& x) {
    return row_cells{{x.first},
                     {grouped(x.second.before)},
                     {grouped(x.second.after)},
                     {grouped(x.second.more)},
                     {grouped(x.second.fewer)}};
  });
}

std::string alert_table(const std::string& head, const std::vector<told_alert>& alerts, int width, bool colour) {
  return shown_rows(head, {{"AT (UTC)", "SEVERITY", "RULE", "SENSOR", "CHANNELS"}, width, colour}, alerts,
                    [](const told_alert& x) {
                      std::string channels;
                      for (const auto& each : x.channels)
                        channels += (channels.empty() ? "" : ", ") + each;
                      return row_cells{{time_text(x.at)},
                                       {std::string{name_of(x.level)}, colour_of_severity(name_of(x.level))},
                                       {std::string{name_of(x.condition.which)}},
                                       {place_of(x.condition)},
                                       {channels}};
                    });
}

std::string missed_table(const std::string& head, const std::vector<known_fault>& faults, int width, bool colour) {
  return shown_rows(head, {{"FROM (UTC)", "TO", "KIND", "SENSOR"}, width, colour}, faults, [](const known_fault& x) {
    return row_cells{
        {time_text(x.start)}, {time_text(x.end)}, {x.kind}, {place_of(x.facility.text, x.sensor.text, x.unit.text)}};
  });
}

std::string channel_table(const std::map<std::string, uint64_t>& channels, int width, bool colour) {
  text_table table{{"CHANNEL", "PAGES"}, width, colour};
  for (const auto& [name, count] : channels)
    table.add({{name}, {grouped(count)}});
  return table.empty() ? std::string{} : '\n' + table.text();
}

std::string flood_table(const std::vector<flood_period>& floods, const std::string& of, int width, bool colour) {
  return shown_rows({}, {{"FLOOD FROM (UTC)", "TO", of, "WORST 10 MIN"}, width, colour}, floods,
                    [](const flood_period& x) {
                      return row_cells{{time_text(x.from)}, {time_text(x.to)}, {grouped(x.pages)}, {grouped(x.worst)}};
                    });
}

/// What people have to look at: alarms by name.
std::string named_alarms(const alarm_figures& x, int width, bool colour) {
  return shown_rows({}, {{"CHATTERING"}, width, colour}, x.chattering,
                    [](const std::string& name) { return row_cells{{name}}; }) +
         shown_rows({}, {{"STOOD", "OVER 24 H"}, width, colour}, x.stale,
                    [](const auto& each) {
                      return row_cells{{span_text(each.second.count())}, {each.first}};
                    }) +
         shown_rows({}, {{"PAGES", "MOST FREQUENT"}, width, colour}, x.most_frequent, [](const auto& each) {
           return row_cells{{grouped(each.second)}, {each.first}};
         });
}

} // namespace

std::string render_figures(const judged_alarms& x, int width, bool colour) {
  auto out = span_line(x.figures);
  text_table table{{"", "FOUND", "HELD FOR BEARABLE"}, width, colour};
  for (const auto& each : lines_of(x))
    table.add({{each.label}, {each.value}, {each.goal}});
  out += table.text();
  out += named_alarms(x.figures, width, colour);
  out += flood_table(x.figures.alarm_floods, "ALARMS", width, colour);
  out += flood_table(x.figures.rates.floods, "PAGES", width, colour);
  out += tally_table("RULE", x.figures.tallies.by_rule, width, colour);
  out += tally_table("SENSOR", x.figures.tallies.by_sensor, width, colour);
  out += tally_table("HOUR (UTC)", x.figures.tallies.by_hour, width, colour);
  out += channel_table(x.figures.by_channel, width, colour);
  if (x.score) {
    out += missed_table("missed", x.score->missed, width, colour);
    out += alert_table("false pages", x.score->false_pages, width, colour);
  }
  return out;
}

std::string render_comparison(const judged_alarms& before, const judged_alarms& after, const page_difference& changes,
                              int width, bool colour) {
  auto out = span_line(before.figures);
  out += fmt::format("before: {}\nafter:  {}\n\n", before.name, after.name);
  text_table table{{"", "BEFORE", "AFTER", "HELD FOR BEARABLE"}, width, colour};
  const auto first = lines_of(before), second = lines_of(after);
  for (size_t i = 0; i < first.size(); ++i)
    table.add({{first[i].label}, {first[i].value}, {second[i].value}, {first[i].goal}});
  out += table.text();
  out += fmt::format("\npages: {} more, {} fewer, {} as before\n", grouped(changes.all.more),
                     grouped(changes.all.fewer), grouped(changes.all.before - changes.all.fewer));
  out += change_table("RULE", changes.by_rule, width, colour);
  out += change_table("HOUR (UTC)", changes.by_hour, width, colour);
  out += change_table("SENSOR", changes.by_sensor, width, colour);
  out += change_table("CHANNEL", changes.by_channel, width, colour);
  out += alert_table("more: only after", changes.more, width, colour);
  out += alert_table("fewer: only before", changes.fewer, width, colour);
  if (before.score && after.score) {
    out += missed_table("missed before", before.score->missed, width, colour);
    out += missed_table("missed after", after.score->missed, width, colour);
    out += alert_table("false pages after", after.score->false_pages, width, colour);
  }
  return out;
}

} // namespace millwright
