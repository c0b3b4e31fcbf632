#pragma once

#include "protocol/rules.hpp"
#include "runtime/replay/reading_counts.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace millwright {

/// What a replay found, for a person.
struct replay_summary {
  reading_counts counters;
  struct tally {
    uint64_t alarms = 0, pages = 0;
  };
  std::map<std::string, tally> by_rule;
  /// Hour of the event time, "2026-11-21T10".
  std::map<std::string, tally> by_hour;
  /// Place -> raises and pages: "main/TI-101", of a unit's own "main/reactor-1".
  std::map<std::string, tally> by_sensor;
  uint64_t rows = 0;
};

/// Several lines of text, the last of which is the rate.
std::string to_text(const replay_summary& summary, double seconds);

} // namespace millwright
