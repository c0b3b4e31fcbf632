#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What can be wrong. The numbers are stored: append only. The names are what a person reads and configures.
enum class rule : uint8_t {
  limit,
  z,
  state,
  rate,
  range,
  stale,
  bad_quality,
  stuck,
  novelty,
  rapid_change,
  source_silent,
  bad_input,
  quarantined,
  ledger,
  clock_skew,
  misconfigured,
  performance,
  channel_down,
};

inline constexpr int rule_count = 18;

/// Rules below this one are judged by a sensor; the others by the node itself.
inline constexpr rule first_node_rule = rule::source_silent;

/// Stored: append only.
enum class severity : uint8_t { normal, low, medium, high, critical };

std::string_view name_of(rule which);
std::string_view name_of(severity which);
std::optional<rule> rule_named(std::string_view name);
std::optional<severity> severity_named(std::string_view name);

/// Those of alarms, from low to critical: what a person may ask for.
std::span<const std::string_view> alarm_severity_names();

/// A set of rules in 32 bits.
struct rule_set {
  uint32_t bits = 0;

  constexpr bool has(rule r) const { return bits >> static_cast<int>(r) & 1; }
  constexpr void put(rule r) { bits |= 1u << static_cast<int>(r); }
  friend bool operator==(const rule_set&, const rule_set&) = default;
};

inline constexpr rule_set every_rule{(1u << rule_count) - 1};
inline constexpr rule_set judged_by_sensors{(1u << static_cast<int>(first_node_rule)) - 1};

/// In the order of their numbers.
std::vector<std::string> names_of(rule_set rules);

} // namespace millwright
