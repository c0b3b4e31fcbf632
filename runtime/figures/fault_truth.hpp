#pragma once

#include "runtime/figures/alarm_history.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A fault of which somebody knows: what `millwright simulate --truth` writes, or a person from the plant's log.
struct known_fault {
  std::string kind;
  facility_id facility;
  /// Empty: of the unit as a whole.
  sensor_id sensor;
  equipment_id unit;
  event_time start, end;

  /// Shown by whatever sensor of the unit.
  bool of_unit() const;
};

/// A JSON object a line: facility_id, sensor_id or equipment_id, start, end; kind may be absent. In order of their
/// starts. Throws failure(input_unreadable) that names file and line.
std::vector<known_fault> read_faults(const std::string& path);
/// @param name what a mistake names.
std::vector<known_fault> faults_in(std::string_view lines, const std::string& name);

/// A page may come so long after the fault is over: delays, and rules that go by a minute and more.
inline constexpr milliseconds fault_afterwards{10 * 60'000};

/// How what was paged and what was wrong go together.
struct fault_score {
  struct tally {
    uint64_t faults = 0, found = 0;

    friend bool operator==(const tally&, const tally&) = default;
  };
  tally all;
  std::map<std::string, tally> by_kind;
  std::vector<known_fault> missed;
  /// Pages that belong to no fault. Those of other sensors of a broken unit are not among them, nor what the node says
  /// of itself.
  std::vector<told_alert> false_pages;
  /// From the start of a fault to its first page, of those that were found, the shortest first.
  std::vector<milliseconds> delays;

  /// Of `delays`, which must not be empty.
  milliseconds median_delay() const { return delays[(delays.size() - 1) / 2]; }
};

/// A fault is found by a page of its sensor, or of a group whose scope it lies in, from its start until
/// `fault_afterwards` behind its end. Faults that start outside of [from, to] do not count.
fault_score score_of(const alarm_history& history, const std::vector<known_fault>& faults, event_time from,
                     event_time to);

} // namespace millwright
