#include "actors/equipment/unit_rows.hpp"

#include "protocol/json.hpp"

#include <array>

namespace millwright {

namespace {

using value = row_column::value;

constexpr std::array<row_column, 11> equipment_columns{{{"equipment_id", value::text},
                                                        {"facility_id", value::text},
                                                        {"sensor_type", value::text},
                                                        {"window_start", value::time},
                                                        {"window_end", value::time},
                                                        {"avg_reading", value::number},
                                                        {"peak_reading", value::number},
                                                        {"reading_variability", value::number},
                                                        {"avg_quality", value::number},
                                                        {"reading_count", value::integer},
                                                        {"equipment_status", value::text}}};

constexpr std::array<row_column, 8> session_columns{{{"equipment_id", value::text},
                                                     {"facility_id", value::text},
                                                     {"session_start", value::time},
                                                     {"session_end", value::time},
                                                     {"event_count", value::integer},
                                                     {"session_minutes", value::number},
                                                     {"avg_event_rate", value::number},
                                                     {"pattern", value::text}}};

constexpr std::array<row_column, 8> state_columns{{{"equipment_id", value::text},
                                                   {"facility_id", value::text},
                                                   {"timestamp", value::time},
                                                   {"last_maintenance", value::time},
                                                   {"total_runtime_hours", value::number},
                                                   {"fault_count", value::integer},
                                                   {"last_update", value::time},
                                                   {"presence", value::text}}};

} // namespace

const row_schema equipment_row::schema{"equipment", 1, equipment_columns};
const row_schema session_row::schema{"sessions", 1, session_columns};
const row_schema equipment_state_row::schema{"equipment-state", 1, state_columns};

std::string_view name_of(window_status status) {
  constexpr std::array<std::string_view, 3> names{"healthy", "unstable", "degraded"};
  return names[static_cast<size_t>(status)];
}

equipment_row row_of(const unit_window& window, const entity_key& unit, std::string_view type,
                     const unit_settings& settings) {
  equipment_row out;
  out.unit = &unit;
  out.sensor_type = type;
  out.start = window.end - settings.window;
  out.end = window.end;
  out.avg = window.value.avg();
  out.peak = window.value.max;
  out.stddev = window.value.stddev();
  out.quality = window.quality.avg();
  out.count = window.value.count;
  // What is no number is neither below nor above.
  if (out.quality < settings.degraded_below)
    out.status = window_status::degraded;
  else if (out.stddev > settings.unstable_above)
    out.status = window_status::unstable;
  return out;
}

session_row row_of(const unit_session& session, const entity_key& unit, const unit_settings& settings) {
  session_row out;
  out.unit = &unit;
  out.start = session.first;
  out.end = session.last;
  out.events = session.events;
  const milliseconds length = session.last - session.first;
  out.minutes = static_cast<double>(length.count()) / 60'000;
  if (length.count() == 0)
    return out;
  out.rate = session.events / out.minutes;
  if (out.rate > settings.startup_rate && length < settings.startup_within)
    out.pattern = session_pattern::startup;
  else if (out.rate < settings.shutdown_rate && length > settings.shutdown_after)
    out.pattern = session_pattern::shutdown;
  return out;
}

void append_json(std::string& out, const equipment_row& row) {
  json_object{out}
      .text("equipment_id", row.unit->id)
      .text("facility_id", row.unit->facility.view())
      .text("sensor_type", row.sensor_type)
      .time("window_start", row.start)
      .time("window_end", row.end)
      .number("avg_reading", row.avg)
      .number("peak_reading", row.peak)
      .number("reading_variability", row.stddev)
      .number("avg_quality", row.quality)
      .integer("reading_count", row.count)
      .text("equipment_status", name_of(row.status))
      .close();
}

void append_json(std::string& out, const session_row& row) {
  constexpr std::array<std::string_view, 3> patterns{"none", "startup", "shutdown"};
  json_object{out}
      .text("equipment_id", row.unit->id)
      .text("facility_id", row.unit->facility.view())
      .time("session_start", row.start)
      .time("session_end", row.end)
      .integer("event_count", row.events)
      .number("session_minutes", row.minutes)
      .number("avg_event_rate", row.rate)
      .text("pattern", patterns[static_cast<size_t>(row.pattern)])
      .close();
}

void append_json(std::string& out, const equipment_state_row& row) {
  json_object{out}
      .text("equipment_id", row.unit->id)
      .text("facility_id", row.unit->facility.view())
      .time("timestamp", row.at)
      .time("last_maintenance", row.last_maintenance)
      .number("total_runtime_hours", row.runtime_hours)
      .integer("fault_count", static_cast<int64_t>(row.faults))
      .time("last_update", row.last_update)
      .text("presence", row.online ? "online" : "offline")
      .close();
}

} // namespace millwright
