#include "protocol/rules.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr std::array<std::string_view, rule_count> rule_names{
    "limit",       "z",      "state",      "rate",          "range",         "stale",
    "bad_quality", "stuck",  "novelty",    "rapid_change",  "source_silent", "bad_input",
    "quarantined", "ledger", "clock_skew", "misconfigured", "performance",   "channel_down"};

constexpr std::array<std::string_view, 5> severity_names{"normal", "low", "medium", "high", "critical"};

} // namespace

std::string_view name_of(rule which) {
  return rule_names[static_cast<size_t>(which)];
}

std::string_view name_of(severity which) {
  return severity_names[static_cast<size_t>(which)];
}

std::optional<rule> rule_named(std::string_view name) {
  for (size_t i = 0; i < rule_names.size(); ++i)
    if (rule_names[i] == name)
      return static_cast<rule>(i);
  return std::nullopt;
}

std::optional<severity> severity_named(std::string_view name) {
  const auto at = std::find(severity_names.begin(), severity_names.end(), name);
  return at == severity_names.end() ? std::nullopt : std::optional{static_cast<severity>(at - severity_names.begin())};
}

std::span<const std::string_view> alarm_severity_names() {
  return std::span{severity_names}.subspan(static_cast<size_t>(severity::low));
}

std::vector<std::string> names_of(rule_set rules) {
  std::vector<std::string> out;
  for (int i = 0; i < rule_count; ++i)
    if (rules.has(static_cast<rule>(i)))
      out.emplace_back(name_of(static_cast<rule>(i)));
  return out;
}

} // namespace millwright
