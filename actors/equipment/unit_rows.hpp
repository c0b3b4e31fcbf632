#pragma once

#include "actors/equipment/unit_sessions.hpp"
#include "actors/equipment/unit_settings.hpp"
#include "actors/equipment/unit_windows.hpp"
#include "protocol/entity.hpp"
#include "protocol/row_schema.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// Of a type's window.
enum class window_status : uint8_t { healthy, unstable, degraded };

std::string_view name_of(window_status status);

/// A record of `equipment` (semantics 12). NaN is printed as null; the texts live as long as the call.
struct equipment_row {
  static const row_schema schema;

  const entity_key* unit = nullptr;
  std::string_view sensor_type;
  event_time start = never, end = never;
  double avg = absent, peak = absent, stddev = absent, quality = absent;
  uint32_t count = 0;
  window_status status = window_status::healthy;
};

enum class session_pattern : uint8_t { none, startup, shutdown };

/// A record of `sessions`.
struct session_row {
  static const row_schema schema;

  const entity_key* unit = nullptr;
  event_time start = never, end = never;
  uint32_t events = 0;
  double minutes = 0, rate = absent;
  session_pattern pattern = session_pattern::none;
};

/// A record of `equipment-state`.
struct equipment_state_row {
  static const row_schema schema;

  const entity_key* unit = nullptr;
  /// T of the split.
  event_time at = never;
  event_time last_maintenance = never, last_update = never;
  double runtime_hours = 0;
  uint64_t faults = 0;
  bool online = false;
};

equipment_row row_of(const unit_window& window, const entity_key& unit, std::string_view type,
                     const unit_settings& settings);
session_row row_of(const unit_session& session, const entity_key& unit, const unit_settings& settings);

inline event_time time_of(const equipment_row& row) {
  return row.end;
}
inline event_time time_of(const session_row& row) {
  return row.end;
}
inline event_time time_of(const equipment_state_row& row) {
  return row.at;
}

void append_json(std::string& out, const equipment_row& row);
void append_json(std::string& out, const session_row& row);
void append_json(std::string& out, const equipment_state_row& row);

} // namespace millwright
