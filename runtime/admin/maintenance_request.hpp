#pragma once

#include "runtime/decisions/maintenance_entry.hpp"

#include <functional>
#include <string>

namespace millwright {

/// What a person says of a unit's maintenance.
struct maintenance_request {
  maintenance_report::kind what = maintenance_report::kind::done;
  /// UNIT or FACILITY/UNIT, as a person types it; with `facility` an id within it.
  std::string name;
  std::string facility;
  /// Who says so, and what it is about; may be empty.
  std::string by;
  std::string note;
};

/// In bytes.
inline constexpr size_t longest_name_said = 200, longest_note = 1000;

/// Notes it in the log and tells the unit; from when on it holds. May take seconds. Throws failure(not_found) with the
/// reason where it is not noted.
using maintenance_noter = std::function<event_time(const maintenance_entry&)>;

} // namespace millwright
