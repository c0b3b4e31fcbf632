#pragma once

#include "runtime/replay/learn_summary.hpp"
#include "runtime/replay/recorded_run.hpp"
#include "runtime/settings/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

struct learn_request {
  /// Where the new stores are made, and what a replay looks at; the source does not count.
  node_settings settings;
  /// Files, or "-" for standard input.
  std::vector<std::string> inputs;
  recorded_progress progress;
  /// Gives up, when true: then nothing was made.
  std::function<bool()> stop;
};

/// Recorded readings teach the sensors of a new ledger, which has no results, alarms or pages and belongs to no source:
/// the first that a node reads on it takes it. Ledger and (empty) alarm journal are there whole or not at all. None
/// where it was stopped. Throws `failure`: also where there is something in their place, or no reading was accepted.
/// Call it before there are threads: the stores are checked in a child process.
std::optional<learn_summary> learn(const learn_request& request);

} // namespace millwright
