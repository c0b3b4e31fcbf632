#pragma once

#include "protocol/results.hpp"
#include "runtime/figures/alarm_history.hpp"
#include "runtime/replay/recorded_run.hpp"
#include "runtime/replay/replay_summary.hpp"
#include "runtime/settings/settings.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace millwright {

struct replay_request {
  /// Types, metadata, rules, shards, threads, channels and the CSV mapping; its source and ledger do not count.
  node_settings settings;
  /// Files, or "-" for standard input.
  std::vector<std::string> inputs;
  std::filesystem::path out;
  /// Written to `out`; none: nothing is.
  std::set<result_kind> kinds;
  /// Gets what alarms do and what is paged, where it is one.
  alarm_history* history = nullptr;
  recorded_progress progress;
  /// Ends the replay early, when true: what is written then is of the readings so far.
  std::function<bool()> stop;
};

struct replay_result {
  replay_summary summary;
  double seconds = 0;
};

/// Recorded readings through the actors of a live node, as fast as they go. Throws `failure`.
replay_result replay(const replay_request& request);

} // namespace millwright
