#pragma once

#include "runtime/decisions/decision_log.hpp"
#include "runtime/entry/letter_allowance.hpp"
#include "runtime/entry/split_bound.hpp"
#include "runtime/entry/split_clock.hpp"
#include "runtime/entry/split_end.hpp"
#include "runtime/entry/split_modes.hpp"
#include "runtime/entry/split_silence.hpp"
#include "runtime/entry/stored_place.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// What the driver knows of one split.
struct split_state {
  std::string name;
  split_clock clock;
  split_end end;
  split_bound bound;
  split_silence silence;
  /// Something was accepted since the last look.
  bool heard = false;
  /// Position of the first record not yet taken.
  uint64_t next = 0;
  /// Position of the newest one taken; 0 before the first.
  uint64_t newest() const { return next == 0 ? 0 : next - 1; }
  /// What the source knows that place by, as it was last cut.
  stored_place place;
  /// Else its source may still be looking for where it begins: a 0 that were committed would say that it had been
  /// found, and a next start would not look there any more.
  bool is_placed() const { return next > 0 || !place.mark.empty(); }
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
  /// Something was accepted in this run behind the position where it fell silent.
  bool spoke = false;
  /// Smallest time of the others when it woke: what several splits feed takes nothing older from this one.
  event_time awake_from = never;
  /// Stored: in which modes the machines are that its sensors' rules depend on.
  split_modes modes;
  /// Dead letters that may still be kept.
  letter_allowance letters;
  /// What its log of decisions begins with, until it is written there: nothing of the split is committed before.
  std::optional<decision> beginning;
  /// Made before the last crash, not yet reached again.
  std::deque<decision> ahead;
  /// Stored: so many of what people say were told at this position, where a recovery would find them again.
  uint32_t told = 0;
  uint64_t told_at = 0;
  /// One more, said at `position`: read again at the next start while nothing behind it is read.
  void note_told(uint64_t position) {
    if (position != next)
      return;
    told = told_at == next ? told + 1 : 1;
    told_at = next;
  }
  /// Whose clocks are off, in words; empty: nobody's.
  std::string clocks_off;
  /// Since when its time is far behind the node's clock, though it is read to its end and speaks.
  std::optional<std::chrono::steady_clock::time_point> late_since;
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
