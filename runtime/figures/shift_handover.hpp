#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

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
};

/// @param book rows of `millwright alarms --all`.
shift_handover handover_of(std::string_view book, event_time since, event_time to);

/// One JSON object.
void append_json(std::string& out, const shift_handover& x);

} // namespace millwright
