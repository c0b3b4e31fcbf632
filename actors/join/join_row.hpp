#pragma once

#include "protocol/ids.hpp"
#include "protocol/row_schema.hpp"
#include "protocol/time.hpp"

#include <string>

namespace millwright {

/// A primary reading with a secondary one: a line of `joins` (semantics 12).
struct join_row {
  static const row_schema schema;

  std::string join;
  /// The unit's or the facility's id.
  std::string key;
  facility_id facility;
  event_time time;
  sensor_id sensor;
  double value = 0;
  event_time secondary_time;
  sensor_id secondary_sensor;
  double secondary_value = 0;
};

inline event_time time_of(const join_row& row) {
  return row.time;
}
void append_json(std::string& out, const join_row& row);

} // namespace millwright
