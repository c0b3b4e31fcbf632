#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// What of the plant a person wants to see: all of it, a facility, a unit, or another actor above the sensors.
struct plant_request {
  /// FACILITY, UNIT or FACILITY/UNIT, as a person types it; with `facility` an id within it. Empty: all.
  std::string name;
  /// Exactly this one; empty: any.
  std::string facility;
  /// A kind of actor: a list of those, or with `name` the page of one. Empty: facilities and units.
  std::string kind;
  /// So many rows of a list.
  uint32_t limit = 20;
};

inline constexpr uint32_t most_plant_rows = 1'000'000;

} // namespace millwright
