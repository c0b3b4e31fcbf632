#pragma once

#include "actors/equipment/unit_stretch.hpp"
#include "protocol/binary.hpp"

#include <span>
#include <vector>

namespace millwright {

/// Readings on time with less than the gap from one to the next.
struct unit_session {
  event_time first = never, last = never;
  uint32_t events = 0;

  friend bool operator==(const unit_session&, const unit_session&) = default;
};

/// A unit's open sessions (semantics 3), and how long all of them lasted. What it knows depends on the readings that it
/// was given, not on their order.
class unit_sessions {
public:
  /// Drops what lies before the watermark that has closed sessions already.
  void take(const session_pane& pane, milliseconds gap);
  /// Those whose last reading and gap, rounded up to the end of a pane, the watermark has reached; oldest first.
  std::vector<unit_session> close(event_time watermark, milliseconds gap);

  bool empty() const { return open_.empty(); }
  std::span<const unit_session> open() const { return open_; }
  /// From each session's first reading to its last, the open ones included.
  milliseconds length() const;
  /// The same with one more reading.
  milliseconds length_with(event_time reading, milliseconds gap) const;

  size_t heap_bytes() const { return open_.capacity() * sizeof(unit_session); }
  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

private:
  /// Oldest first, a gap or more apart.
  std::vector<unit_session> open_;
  milliseconds closed_length_{0};
  event_time closed_ = never;
};

} // namespace millwright
