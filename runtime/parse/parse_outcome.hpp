#pragma once

#include "protocol/reading.hpp"

#include <string_view>

namespace millwright {

/// Why a reading is refused (semantics 1). `unit_changed` is found by whoever knows the sensor's metadata.
enum class rejection : uint8_t { not_json, missing_field, wrong_type, not_finite, future, unit_changed };

inline constexpr int rejection_count = 6;

/// "not-json" and so on: the reason in dead letters and counts.
std::string_view name_of(rejection reason);

enum class parse_status : uint8_t { accepted, blank, rejected };

/// What became of one payload. Views point into the payload (`detail` into the parser, until its next parse).
struct parse_outcome {
  parse_status status = parse_status::blank;

  // Of an accepted reading:
  std::string_view sensor_id;
  std::string_view facility_id;
  /// Empty: the reading names none.
  std::string_view unit;
  event_time time;
  /// The primary measure.
  double value = 0;
  /// 0..1; NaN where absent.
  double quality = absent;
  sensor_type_index type = 0;
  /// The reading names no type, or one that the table does not know; it is read as `generic`.
  bool unknown_type = false;
  /// There was a quality_score that the source's scale does not have, which counts as absent.
  bool quality_out_of_range = false;
  /// That one, as it was given.
  double odd_quality = absent;

  // Of a rejected one:
  rejection reason = rejection::not_json;
  /// In words, naming the field: "facility_id is missing".
  std::string_view detail;

  bool accepted() const { return status == parse_status::accepted; }
  bool rejected() const { return status == parse_status::rejected; }
  bool has_unit() const { return !unit.empty(); }
};

} // namespace millwright
