#pragma once

#include "runtime/figures/alarm_history.hpp"
#include "runtime/figures/page_rates.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

struct alarm_tally {
  /// Raised; those that page nobody too.
  uint64_t alarms = 0;
  uint64_t pages = 0;

  friend bool operator==(const alarm_tally&, const alarm_tally&) = default;
};

/// How alarms are counted: "limit", "2026-11-21T10", "main/TI-101".
struct alarm_tallies {
  std::map<std::string, alarm_tally> by_rule, by_hour, by_sensor;
};

/// The figures of ISA-18.2 and EEMUA 191, of one history.
struct alarm_figures {
  event_time from = never, to = never;
  uint32_t operators = 1;
  /// Raised in this time. Told: somebody heard of it, by itself or within a group; the others are only shown.
  uint64_t alarms = 0, told = 0;
  /// Messages that wanted somebody to act, each once over all of its channels.
  uint64_t pages = 0;
  /// Messages that stand for many alarms that were old news: beside the pages.
  uint64_t digests = 0;
  alarm_tallies tallies;
  std::map<std::string, uint64_t> by_channel;
  /// Of the pages: normal, low, medium, high, critical.
  std::array<uint64_t, 5> by_severity{};
  page_rates rates;
  /// Of the alarms that were told, by themselves or as some of many: too many for anybody to follow.
  std::vector<flood_period> alarm_floods;
  /// What pages most, "limit of main/TI-101", and how many of all pages it has; ten at most.
  std::vector<std::pair<std::string, uint64_t>> most_frequent;
  /// Of those that were told: raised three times and more within ten minutes.
  std::vector<std::string> chattering;
  /// Of those that were told: how many stood at the end, and what has stood for more than a day, the longest first.
  uint64_t standing = 0;
  std::vector<std::pair<std::string, milliseconds>> stale;

  uint64_t most_frequent_pages() const;
};

inline constexpr size_t chattering_raises = 3;
inline constexpr milliseconds stale_after{24 * 3'600'000};
inline constexpr size_t frequent_named = 10;

/// @param from, to what counts: pages and raises from `from` on, and up to `to`.
alarm_figures figures_of(const alarm_history& history, event_time from, event_time to, uint32_t operators);

} // namespace millwright
