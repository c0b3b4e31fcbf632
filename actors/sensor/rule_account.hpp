#pragma once

#include "protocol/json.hpp"
#include "protocol/reading.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <string>
#include <vector>

namespace millwright {

/// How a rule of a sensor stands. `off`: it judges nothing here, by the settings or for want of a limit. `learning`: it
/// cannot judge yet. `outside`: something is wrong, and no alarm yet.
enum class rule_standing : uint8_t { off, learning, well, outside, alarm };

std::string_view name_of(rule_standing x);

/// One rule of one sensor, its numbers against its thresholds: why it is in alarm, or why it is not.
struct rule_account {
  rule which{};
  rule_standing how = rule_standing::off;
  /// By the settings an alarm of this rule, at some severity, pages.
  bool pages = false;
  /// Of an alarm, or of what waits to be one.
  severity level = severity::normal;
  /// What the rule looks at; of silence seconds. NaN where there is no such figure.
  double value = absent;
  /// Below `low` or above `high` is outside. NaN: no such side.
  double low = absent, high = absent;
  /// How much of the way from the middle of what is usual to the nearer threshold is gone: 1 is at it. NaN where that
  /// cannot be said. For comparing rules, not for people.
  double nearness = absent;
  /// Sensor's time: since when it is in alarm or outside, and when what waits (a raise, an end) is due; `never` if
  /// nobody knows, or nothing waits.
  event_time since = never, due = never;
  /// The same for a person, without `since` and `due`.
  std::string text;
};

/// All that a sensor's rules have to say of it.
struct sensor_account {
  /// Of its newest reading in order; NaN before one.
  double value = absent;
  std::string unit;
  /// Name of its type; empty before a reading.
  std::string type;
  event_time at = never;
  /// So long nothing has come.
  milliseconds silent{0};
  /// In the order of their numbers.
  std::vector<rule_account> rules;
  /// Neither raised nor taught in the mode that its machine is in.
  rule_set not_judged = {};
};

/// What of a rule a program reads.
void append_fields(json_object& out, const rule_account& x);

} // namespace millwright
