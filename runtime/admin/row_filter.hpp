#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// Picks rows (one JSON object each, as millwright writes them) by their outermost sensor_id and facility_id.
class row_filter {
public:
  /// Empty: any.
  row_filter(std::string sensor, std::string facility);

  bool takes_all() const { return sensor_.empty() && facility_.empty(); }
  bool takes(std::string_view line) const;

private:
  std::string sensor_, facility_;
  /// As they stand in a row, quotes included.
  std::string sensor_json_, facility_json_;
};

} // namespace millwright
