#pragma once

#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/node/decision_log.hpp"
#include "runtime/node/letter_allowance.hpp"
#include "runtime/node/split_bound.hpp"
#include "runtime/node/split_clock.hpp"
#include "runtime/node/split_end.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>

namespace millwright {

/// What the driver knows of one split.
struct split_state {
  std::string name;
  split_clock clock;
  split_end end;
  split_bound bound;
  /// Position of the first record not yet taken.
  uint64_t next = 0;
  /// What its readings are joined with; changes at a position of the split.
  std::shared_ptr<const plant_metadata> metadata;
  /// Number of the newest such change in this run, and the clock at its position.
  uint32_t change = 1;
  /// Some of its sensors may not be in step with it yet.
  bool joining = true;
  event_time change_watermark = never;
  milliseconds change_activity{0};
  /// Not counted among those that feed a sensor, until it wakes.
  bool silent = false;
  /// Dead letters that may still be kept.
  letter_allowance letters;
  /// Made before the last crash, not yet reached again.
  std::deque<decision> ahead;
  std::chrono::steady_clock::time_point last_accepted{};
  /// Sensors that it feeds.
  uint32_t sensors = 0;
  bool changed = false;
  /// Stored: the run that committed this read nothing behind it.
  bool all_read = false;
};

/// The stored form, behind a version byte.
std::string encode_split(const split_state& split);
/// False when `in` is damaged or of a newer version.
bool decode_split(std::string_view in, split_state& split);

} // namespace millwright
