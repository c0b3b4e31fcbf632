#pragma once

#include "actors/equipment/unit_part.hpp"

#include <string>
#include <vector>

namespace millwright {

/// A window of one sensor type whose end the watermark has reached.
struct unit_window {
  event_time end = never;
  uint16_t type = 0;
  exact_moments value;
  exact_mean quality;
};

/// A unit's open windows by sensor type (semantics 3), as panes as wide as the slide. They lie packed in one run of
/// bytes, by start and type: a unit has some fifty, and each would be 170 bytes as it is reckoned with. A packed pane
/// knows of its smallest value only whether all are equal.
class unit_windows {
public:
  /// In any order; panes of one start and type add up. Drops what lies before the watermark that has closed windows.
  /// @param width of a pane.
  void take(std::vector<unit_pane> panes, milliseconds width);
  /// Each window that ends at or before the watermark and holds a reading, once: by end, then type.
  /// @param length of a window, a multiple of the panes' `width`.
  std::vector<unit_window> close(event_time watermark, milliseconds length, milliseconds width);

  bool empty() const { return packed_.empty(); }
  /// By start and type.
  std::vector<unit_pane> panes() const;

  size_t heap_bytes() const;
  void encode(binary_writer& out) const;
  /// @param types how many the unit knows.
  bool decode(binary_reader& in, size_t types);

private:
  void pack(const std::vector<unit_pane>& panes);

  std::string packed_;
  /// Start of the first packed pane.
  event_time first_ = never;
  event_time closed_ = never;
};

/// All readings of a type in the panes of [from, to), which may be in any order.
unit_window window_of(const std::vector<unit_pane>& panes, uint16_t type, event_time from, event_time to);

} // namespace millwright
