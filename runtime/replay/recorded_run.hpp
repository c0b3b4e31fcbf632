#pragma once

#include "actors/sensor/rule_book.hpp"
#include "protocol/failure.hpp"
#include "runtime/barrier/committer.hpp"
#include "runtime/replay/newest_states.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millwright {

/// Told now and then how many readings have been taken, how many bytes these were, and the event time that they have
/// come to.
using recorded_progress = std::function<void(uint64_t taken, uint64_t bytes, event_time watermark)>;

struct recorded_run {
  /// Metadata, shards, threads and the CSV mapping; its source and ledger do not count.
  const node_settings& settings;
  const sensor_type_table& types;
  const rule_book& book;
  /// Files, or "-" for standard input.
  const std::vector<std::string>& inputs;
  /// Takes what barriers complete. What it cannot write ends the run.
  output_consumer& consumer;
  /// As the consumer has taken them.
  const newest_states& states;
  const recorded_progress& progress;
  /// Ends the run early, when true. May be empty.
  const std::function<bool()>& stop;
  /// What it means that the consumer cannot write.
  failure_code unwritable;
  /// The actors above the sensors take part.
  bool above = true;
  /// Readings are scored by the models of their types.
  bool scored = true;
};

struct recorded_end {
  /// The inputs were read to their ends.
  bool whole = false;
  uint64_t taken = 0, accepted = 0, rejected = 0, quarantined = 0;
  /// Readings of sensors that the settings do not let in.
  uint64_t refused = 0;
  /// The time that they have come to.
  event_time time = never;
};

/// Recorded readings through the actors of a live node, as fast as they go, without a wall clock. Throws `failure`.
recorded_end run_recorded(const recorded_run& run);

} // namespace millwright
