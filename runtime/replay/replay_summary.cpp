#include "runtime/replay/replay_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace millwright {

namespace {

constexpr size_t noisiest = 10;
constexpr size_t hours_shown = 48;

std::string labelled(const replay_summary& summary, const std::string& counter) {
  std::string out;
  for (const auto& [name, n] : summary.counters)
    if (name.first == counter && !name.second.empty())
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name.second, n);
  return out.empty() ? "none" : out;
}

} // namespace

std::string to_text(const replay_summary& summary, double seconds) {
  const uint64_t accepted = summary.count("accepted"),
                 repeated = summary.count("duplicate") + summary.count("conflict");
  uint64_t rejected = 0;
  for (const auto& [name, n] : summary.counters)
    if (name.first == "rejected")
      rejected += n;
  std::string out;
  const auto line = [&](std::string_view name, const std::string& text) {
    out += fmt::format("  {:<12} {}\n", name, text);
  };
  line("readings", fmt::format("{} accepted, {} rejected, {} repeated ({} duplicates, {} conflicts)", accepted,
                               rejected, repeated, summary.count("duplicate"), summary.count("conflict")));
  line("late", labelled(summary, "late"));
  line("rejected", labelled(summary, "rejected"));
  if (const auto unknown = summary.count("unknown-type"); unknown > 0)
    line("unknown", fmt::format("{} readings of an unknown sensor type, read as generic", unknown));
  replay_summary::tally all;
  std::string rules;
  for (const auto& [rule, tally] : summary.by_rule) {
    all.alarms += tally.alarms;
    all.pages += tally.pages;
    rules += fmt::format("{}{} {}/{}", rules.empty() ? "" : ", ", rule, tally.alarms, tally.pages);
  }
  line("alarms", fmt::format("{} raised, {} of them page", all.alarms, all.pages));
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
