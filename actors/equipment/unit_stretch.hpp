#pragma once

#include "actors/kit/sensor_tally.hpp"
#include "protocol/binary.hpp"

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
  unit_stretch(const sensor_tally& x, milliseconds session_delay, double faults_below);

  /// Less than `pause` apart: the unit was online all the while.
  bool near(const unit_stretch& other, milliseconds pause) const {
    return split == other.split && first < other.last + pause && other.first < last + pause;
  }
  void merge(const unit_stretch& other);

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const unit_stretch&, const unit_stretch&) = default;

private:
  void add(const session_pane& x);
};

/// Adds `x` to stretches of any order, joining what it bridges.
void join(std::vector<unit_stretch>& all, const unit_stretch& x, milliseconds pause);

} // namespace millwright
