#pragma once

#include "runtime/figures/alarm_figures.hpp"
#include "runtime/figures/fault_truth.hpp"
#include "runtime/figures/page_difference.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// One way of judging, or what happened, with its figures.
struct judged_alarms {
  /// "now", "with B.yaml".
  std::string name;
  /// That were judged; none: nobody counted them.
  std::optional<uint64_t> readings = std::nullopt;
  alarm_figures figures;
  /// Where somebody knows what was wrong.
  std::optional<fault_score> score = std::nullopt;
};

struct judging_options {
  /// What was wrong, where somebody knows it.
  std::optional<std::vector<known_fault>> faults = std::nullopt;
  /// Who share the pages.
  uint32_t operators = 1;
};

/// The figures of `history` from `from` to `to`; and its score, where faults are known.
judged_alarms judge(const alarm_history& history, std::string name, std::optional<uint64_t> readings, event_time from,
                    event_time to, const judging_options& options);

/// One JSON object: every figure, every tally.
void append_json(std::string& out, const judged_alarms& x);

/// {"before":...,"after":...,"difference":...}: what changes by rule, hour, sensor and channel, and each page that only
/// one of the two has.
void append_json(std::string& out, const judged_alarms& before, const judged_alarms& after,
                 const page_difference& changes);

} // namespace millwright
