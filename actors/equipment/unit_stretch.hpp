#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/split_times.hpp"
#include "protocol/binary.hpp"

#include <algorithm>
#include <vector>

namespace millwright {

/// Readings of one pane that are on time for sessions. Sessions are exactly computable from such, for a pane is shorter
/// than the pause that parts two sessions.
struct session_pane {
  event_time first = never, last = never;
  uint32_t count = 0;

  event_time start() const { return align_down(first, pane_length); }
  void merge(const session_pane& other);

  friend bool operator==(const session_pane&, const session_pane&) = default;
};

/// A reading as it counts in a stretch.
struct heard_reading {
  uint16_t split;
  /// The split's activity clock before it and behind it, and the split's time behind it.
  milliseconds before, behind;
  event_time heard;
  event_time time;
  uint64_t position;
  bool ahead, fault, in_session;

  heard_reading(const contribution& x, milliseconds session_delay, double faults_below)
      : split{x.of.split}, before{x.of.activity}, behind{x.of.activity}, heard{x.split_time()}, time{x.of.time},
        position{x.of.position}, ahead{x.of.is(reading::ahead)}, fault{x.of.quality < faults_below},
        in_session{x.on_time(session_delay)} {
    // The reading itself may have moved the clock.
    if (x.of.watermark != never && heard > x.of.watermark)
      behind += std::min(heard - x.of.watermark, split_times::largest_step);
  }
};

/// Readings of a unit that one split brought without a pause in which the unit would have gone offline, whatever the
/// order in which they were gathered.
struct unit_stretch {
  uint16_t split = 0;
  uint32_t count = 0, faults = 0;
  /// The split's activity clock before the first reading and behind the last.
  milliseconds first{0}, last{0};
  /// The split's time behind the first reading; the largest behind any.
  event_time began = never, heard = never;
  /// Newest event time of those that are not ahead.
  event_time newest = never;

  /// The first reading alone: what a record of this moment counts.
  uint64_t first_position = 0;
  event_time first_time = never;
  bool first_ahead = false, first_fault = false, first_in_session = false;

  std::vector<session_pane> panes;

  unit_stretch() = default;
  explicit unit_stretch(const heard_reading& only);

  bool near(const heard_reading& x, milliseconds pause) const {
    return split == x.split && first < x.behind + pause && x.before < last + pause;
  }
  /// One that is near.
  void take(const heard_reading& x) {
    if (x.position < first_position) {
      merge(unit_stretch{x});
      return;
    }
    ++count;
    faults += x.fault ? 1 : 0;
    first = std::min(first, x.before);
    last = std::max(last, x.behind);
    heard = std::max(heard, x.heard);
    if (!x.ahead)
      newest = std::max(newest, x.time);
    if (x.in_session)
      in_session(x.time);
  }
  /// Less than `pause` apart: the unit was online all the while.
  bool near(const unit_stretch& other, milliseconds pause) const {
    return split == other.split && first < other.last + pause && other.first < last + pause;
  }
  void merge(const unit_stretch& other);

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const unit_stretch&, const unit_stretch&) = default;

private:
  void in_session(event_time at);
  void add(const session_pane& x);
};

/// Adds `x` to stretches of any order, joining what it bridges.
unit_stretch& join(std::vector<unit_stretch>& all, unit_stretch x, milliseconds pause);

} // namespace millwright
