#pragma once

#include "protocol/ids.hpp"
#include "protocol/row_schema.hpp"
#include "protocol/time.hpp"

#include <string>

namespace millwright {

/// A window of a facility: a line of `facility` (semantics 12).
struct facility_row {
  static const row_schema schema;

  facility_id facility;
  /// Empty where no file knows it.
  std::string facility_name;
  event_time start, end;
  uint64_t readings = 0, sensors = 0;
  /// NaN is printed as null.
  double avg = 0;
  uint64_t units = 0, quality_alerts = 0;
  /// Exactly one row a window is.
  bool final = true;
};

inline event_time time_of(const facility_row& row) {
  return row.end;
}
void append_json(std::string& out, const facility_row& row);

} // namespace millwright
