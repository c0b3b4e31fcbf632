#pragma once

#include "protocol/binary.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <vector>

namespace millwright {

/// Where a split stands behind a barrier, and how its time and its activity clock belong together (semantics 3). The
/// two go on together but where the split's time leaps by more than 10 s, which the activity clock counts as 10 s.
struct split_times {
  struct leap {
    /// Behind it; before it the clock stood 10 s earlier.
    milliseconds activity{0};
    event_time before = never, time = never;

    friend bool operator==(const leap&, const leap&) = default;
  };

  uint16_t split = 0;
  event_time time = never;
  milliseconds activity{0};
  /// The leaps of at least the last quarter of an hour of activity, oldest first.
  std::vector<leap> leaps;

  static constexpr milliseconds largest_step{10'000};

  /// The split's time when its activity clock reached `at` (<= activity).
  event_time time_at(milliseconds at) const;

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const split_times&, const split_times&) = default;
};

/// What every actor is told when a barrier is complete: all readings before it have been given to it.
struct time_passed {
  /// The smallest time of the splits that are not silent; `forever` at the end of a replay.
  event_time closing = never;
  /// The largest time of any split.
  event_time newest = never;
  std::vector<split_times> splits;

  const split_times* of(uint16_t split) const;
  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const time_passed&, const time_passed&) = default;
};

/// Where all splits stand together, and so what closes windows (semantics 3). Silent splits keep nobody from closing
/// windows; where all of them are silent, what they have come to is all that there is. One that speaks and has given
/// nothing yet holds back the others: what it will give may be as old as what they gave.
class time_sum {
public:
  void add(split_times at, bool silent);
  /// Once. @param ended nothing more comes of any.
  time_passed done(bool ended = false);

private:
  time_passed sum_;
  /// The smallest time of those that are silent.
  event_time silent_ = never;
  bool held_ = false;
};

} // namespace millwright
