#pragma once

#include "protocol/ids.hpp"
#include "protocol/row_schema.hpp"
#include "protocol/time.hpp"
#include "protocol/work_shift.hpp"

#include <string>

namespace millwright {

/// A window of a production line in one shift: a line of `lines` (semantics 12). NaN is printed as null.
struct line_row {
  static const row_schema schema;

  std::string line;
  facility_id facility;
  work_shift shift{};
  event_time start, end;
  double avg_power = 0, avg_vibration = 0, avg_temperature = 0;
  uint64_t units = 0, optimal = 0;
  double efficiency = 0;
  /// As the window stands: it is not over. For views; the record has no such field.
  bool open = false;
};

inline event_time time_of(const line_row& row) {
  return row.end;
}
void append_json(std::string& out, const line_row& row);

} // namespace millwright
