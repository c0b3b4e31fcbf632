#pragma once

#include "runtime/bench/bench_row.hpp"

#include <string>
#include <vector>

namespace millwright {

/// What became of one run of a row.
struct row_outcome {
  std::vector<bench_measure> measures;
  /// Why there are none; empty when there are.
  std::string problem;
};

/// Runs `row` in a process of its own (this program with `--row NAME`), so that no row finds memory or caches as
/// another left them. The request's directory is made inside `request.directory`, and removed. A row that takes longer
/// than it may is ended.
row_outcome run_apart(const bench_row& row, const bench_request& request);

/// What that process does: measures, and prints the outcome as one line of JSON. Returns the exit code.
int run_here(const bench_row& row, const bench_request& request);

} // namespace millwright
