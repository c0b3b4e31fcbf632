#pragma once

#include "runtime/bench/process_figures.hpp"
#include "runtime/bench/row_process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// A line of the table: a figure over all repetitions.
struct bench_line {
  std::string name;
  /// The median; none when it could not be measured, and `note` says why. It also says what a figure alone does not.
  std::optional<double> value;
  std::string unit;
  std::optional<double> low, high;
  std::optional<double> target, goal;
  bool less_is_better = false;
  std::string note;

  bool reaches(const std::optional<double>& limit) const {
    return value && limit && (less_is_better ? *value <= *limit : *value >= *limit);
  }
};

/// The figures of one row from its runs. A row without any gives one line with the problem.
std::vector<bench_line> summarise(const bench_row& row, const std::vector<row_outcome>& runs);

struct bench_report {
  machine_figures machine;
  std::string build;
  std::string commit;
  std::vector<bench_line> lines;
};

/// {machine, build, commit, rows: [{name, value, unit, spread, target, goal, met}]}: value null where a row could not
/// be measured (then there is a note); spread [min, max]; met null where there is no target.
std::string to_json(const bench_report& report);

/// For a person: what it was measured on.
std::string heading(const bench_report& report);
/// The table's first line, and a line of it.
std::string table_head();
std::string table_line(const bench_line& line);

} // namespace millwright
