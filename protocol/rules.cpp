#include "protocol/rules.hpp"

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

} // namespace millwright
