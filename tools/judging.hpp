#pragma once

#include "runtime/figures/judged_alarms.hpp"
#include "tools/arguments.hpp"

#include <cstdint>

namespace millwright {

/// How `replay` and `report` are told by what alarms are judged.
inline constexpr option truth_option{"--truth", "", "FILE",
                                     "faults that are known, as simulate --truth writes them: found, missed, false"};
inline constexpr option operators_option{"--operators", "", "N", "who share the pages (1)"};

inline constexpr int64_t most_operators = 10'000;

/// What they say. Reads the file of faults; throws `failure`.
inline judging_options judging_of(const arguments& given) {
  judging_options out;
  out.operators = static_cast<uint32_t>(given.integer(operators_option.name, 1, 1, most_operators));
  if (given.has(truth_option.name))
    out.faults = read_faults(given.filled(truth_option.name, "a file"));
  return out;
}

} // namespace millwright
