#pragma once

#include "protocol/reading.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace millwright::testing {

/// A line at its place in the log.
struct placed_line {
  uint64_t position;
  std::string text;
};

/// A node's life over given lines, in a process of its own.
struct node_run {
  /// Of two splits, by the line's place in it.
  std::vector<placed_line> splits[2];
  /// Throws in the sensor's actor before it takes a reading.
  std::function<void(const reading&)> before_reading;
  /// SIGKILL once this many lines were handed over, barriers committed and more readings under way; 0: never.
  uint64_t killed_after = 0;
  /// Readings under way at once; 0: as many as by default.
  uint32_t credit = 0;
};

/// What is on disk after it.
struct node_outcome {
  /// Result kind -> its rows.
  std::map<std::string, std::multiset<std::string>> rows;
  /// Idempotency-Keys of the pages that were sent.
  std::multiset<std::string> pages;
  /// "counter/label" -> sum
  std::map<std::string, uint64_t> counters;
};

/// Metadata of the plant that the lines are of; into a directory that exists.
struct plant_metadata {
  std::string facilities, sensors;
};

/// Runs the node in `directory` until everything is judged, committed and paged; begins again where it was killed.
/// Throws std::runtime_error with the node's words where it fails.
node_outcome run_node(const std::string& directory, const plant_metadata& plant, const node_run& run);

} // namespace millwright::testing
