#pragma once

#include "runtime/parse/parse_outcome.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace millwright::fuzz {

/// What semantics 1 says of a payload, by a second, plain implementation that shares nothing with the parser: no
/// RapidJSON, no tricks with numbers.
struct reference_reading {
  bool blank = false;
  /// Every reason that holds; the parser may name any of them. Empty: accepted.
  std::set<rejection> reasons;

  std::string sensor_id, facility_id, unit;
  int64_t time_ms = 0;
  long double value = 0;
  /// The value is a length, and may be off in the last digits.
  bool is_length = false;
  double quality = absent;
  sensor_type_index type = 0;
  bool unknown_type = false, quality_out_of_range = false;
};

reference_reading read_plainly(std::string_view payload, std::string_view key, std::optional<int64_t> arrival_ms,
                               const sensor_type_table& types);

} // namespace millwright::fuzz
