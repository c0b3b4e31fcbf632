#pragma once

#include "protocol/time.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// Index into the node's table of sensor types; 0 is `generic`. Stored by name, never by index.
using sensor_type_index = uint16_t;

enum class report_kind : uint8_t { periodic, on_change };

/// A kind of instrument, from config/sensor-types.yaml.
struct sensor_type {
  /// A field of the reading's JSON object and the unit that it is in.
  struct field {
    std::string name;
    std::string unit;
  };

  std::string name;
  std::vector<field> fields;
  /// Indices into `fields`: one for a plain measure, several for the magnitude of a vector.
  std::vector<int> primary;
  /// Unit of the primary measure.
  std::string unit;
  /// Physical range of the primary measure; outside it the instrument is at fault, or at its stop.
  double range_min = -std::numeric_limits<double>::infinity();
  double range_max = std::numeric_limits<double>::infinity();
  /// Around the range: beyond it a value is no measurement at all (a broken wire).
  double fault_below = -std::numeric_limits<double>::infinity();
  double fault_above = std::numeric_limits<double>::infinity();
  /// Smallest step that means anything; the floor of a stddev in the z rule. > 0 or 0 for none.
  double resolution = 0;
  report_kind report = report_kind::periodic;
  /// How long equal values are tolerated; none: the stuck rule is off.
  std::optional<milliseconds> stuck_after = milliseconds{120'000};
  /// Share of the distance between the inner limits, and the on- and off-delay of a limit alarm (semantics 8).
  double deadband = 0.02;
  milliseconds alarm_delay{30'000};
};

} // namespace millwright
