#pragma once

#include "protocol/alarm.hpp"
#include "protocol/binary.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Set aside by a person for a time (ISA-18.2, OPC UA Part 9: a timed shelf): while it lasts nobody is paged for what
/// it covers, which goes on being judged, kept and shown. It always has an end.
struct alarm_shelf {
  /// Stored: append only. `alarm`: the condition that an alarm is of, which its next alarm is covered by as well.
  enum class scope : uint8_t { alarm, sensor, unit };

  scope what{};
  /// Of `alarm` the whole condition; of a sensor its facility and id; of a unit its facility and id. Nothing else.
  condition_key of;
  /// Of `alarm`: which was shelved.
  uuid alarm;
  /// Wall clock.
  event_time since = never, until = never;
  /// Who says so, and why.
  std::string by, reason;

  bool covers(const condition_key& x) const;

  friend bool operator==(const alarm_shelf&, const alarm_shelf&) = default;
};

std::string_view name_of(alarm_shelf::scope what);

/// Shelves with equal conditions are of one thing: what was shelved and is shelved again gets the new end.
alarm_shelf shelf_of_alarm(const alarm_transition& x);
alarm_shelf shelf_of_sensor(facility_id facility, sensor_id sensor);
alarm_shelf shelf_of_unit(facility_id facility, equipment_id unit);

/// "alarm 1f3a9c02", "sensor TI-101 of main", "unit reactor-1 of main".
std::string subject_of(const alarm_shelf& x);
/// "shelved until 2026-11-21 14:00 UTC by anna: new bearing"; with what it is of where that is not the alarm itself.
/// @param zone how the clock there is read; unknown: UTC.
std::string describe(const alarm_shelf& x, const std::string& zone = "UTC");

/// The stored form, behind a version byte.
void encode(binary_writer& out, const alarm_shelf& x);
/// None when `in` is damaged or of a newer version.
std::optional<alarm_shelf> decode_alarm_shelf(binary_reader& in);

/// A line of what is shelved.
void append_json(std::string& out, const alarm_shelf& x);

/// What a person said of an alarm, or did to it beside acknowledging it.
struct alarm_remark {
  /// Stored: append only.
  enum class kind : uint8_t { note, shelved, unshelved };
  kind what{};
  /// Wall clock.
  event_time at = never;
  /// Nobody where a shelf has ended by itself.
  std::string by;
  std::string text;

  friend bool operator==(const alarm_remark&, const alarm_remark&) = default;
};

std::string_view name_of(alarm_remark::kind what);

} // namespace millwright
