#include "runtime/replay/replay_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace millwright {

namespace {

constexpr size_t noisiest = 10;
constexpr size_t hours_shown = 48;

std::string labels_or_none(const reading_counts& counts, const std::string& counter) {
  const auto out = labels_of(counts, counter);
  return out.empty() ? "none" : out;
}

} // namespace

std::string to_text(const replay_summary& summary, double seconds) {
  const auto& counts = summary.counters;
  const uint64_t accepted = count_of(counts, "accepted"), rejected = sum_of(counts, "rejected"),
                 duplicates = count_of(counts, "duplicate"), conflicts = count_of(counts, "conflict"),
                 repeated = duplicates + conflicts;
  std::string out;
  const auto line = [&](std::string_view name, const std::string& text) {
    out += fmt::format("  {:<12} {}\n", name, text);
  };
  line("readings", fmt::format("{} accepted, {} rejected, {} repeated ({} duplicates, {} conflicts)", accepted,
                               rejected, repeated, duplicates, conflicts));
  line("late", labels_or_none(counts, "late"));
  line("rejected", labels_or_none(counts, "rejected"));
  if (const auto unknown = count_of(counts, "unknown-type"); unknown > 0)
    line("unknown", fmt::format("{} readings of an unknown sensor type, read as generic", unknown));
  replay_summary::tally all;
  std::string rules;
  for (const auto& [rule, tally] : summary.by_rule) {
    all.alarms += tally.alarms;
    all.pages += tally.pages;
    rules += fmt::format("{}{} {}/{}", rules.empty() ? "" : ", ", rule, tally.alarms, tally.pages);
  }
  line("alarms", fmt::format("{} raised, {} pages", all.alarms, all.pages));
  if (!rules.empty())
    line("by rule", rules + " (alarms/pages)");
  std::string hours;
  size_t shown = 0;
  for (const auto& [hour, tally] : summary.by_hour)
    if (shown++ < hours_shown)
      hours += fmt::format("{}{} {}/{}", hours.empty() ? "" : ", ", hour, tally.alarms, tally.pages);
  if (summary.by_hour.size() > hours_shown)
    hours += fmt::format(" and {} hours more", summary.by_hour.size() - hours_shown);
  if (!hours.empty())
    line("by hour", hours);
  std::vector<std::pair<std::string, replay_summary::tally>> sensors{summary.by_sensor.begin(),
                                                                     summary.by_sensor.end()};
  std::stable_sort(sensors.begin(), sensors.end(),
                   [](const auto& a, const auto& b) { return a.second.alarms > b.second.alarms; });
  for (size_t i = 0; i < std::min(noisiest, sensors.size()); ++i)
    line(i == 0 ? "noisiest" : "",
         fmt::format("{} {} alarms, {} pages", sensors[i].first, sensors[i].second.alarms, sensors[i].second.pages));
  const auto taken = static_cast<double>(accepted + rejected + repeated);
  line("rate", fmt::format("{:.0f} readings/s over {:.2f} s, {} rows written", seconds > 0 ? taken / seconds : 0.0,
                           seconds, summary.rows));
  return out;
}

} // namespace millwright
