#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a person noted of an alarm. Times of people are the wall clock's.
struct handed_note {
  event_time at = never;
  std::string by, text;
};

/// An alarm, a sensor or a unit for which nobody is paged for a time.
struct handed_shelf {
  /// "unit pump-1 of north", "alarm 1f3a9c02, limit of north/TI-101".
  std::string what, by, reason;
  event_time since = never, until = never;
};

/// An alarm that a shift hands over.
struct handed_alarm {
  std::string short_id, place, rule, severity, message;
  int priority = 0;
  event_time raised = never;
  bool stands = false;
  /// Raised in this shift.
  bool is_new = false;
  /// Empty: nobody has.
  std::string acknowledged_by;
  event_time acknowledged_at = never;
  /// `never`: nobody is kept from being paged for it. Else until then, by whom and why in words.
  event_time shelved_until = never;
  std::string shelved;
  /// Oldest first, those of the shifts before as well.
  std::vector<handed_note> notes;
};

/// What a shift hands over to the next one.
struct shift_handover {
  event_time since = never, to = never;
  /// Those that stand: what nobody has acknowledged first, then by priority and age.
  std::vector<handed_alarm> standing;
  /// Over, and nobody has acknowledged them.
  std::vector<handed_alarm> unanswered;
  /// Raised in this shift, over, and acknowledged or of no need for it.
  uint64_t dealt_with = 0;
  /// The next to end first.
  std::vector<handed_shelf> shelves;
};

/// @param book rows of `millwright alarms --all`. @param shelves rows of `millwright shelve --json`.
shift_handover handover_of(std::string_view book, std::string_view shelves, event_time since, event_time to);

/// One JSON object.
void append_json(std::string& out, const shift_handover& x);

} // namespace millwright
