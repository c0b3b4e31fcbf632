#pragma once

#include "actors/equipment/unit_maintenance.hpp"
#include "protocol/entity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// What a person says of a unit's maintenance, as the log of decisions keeps it: one line of JSON,
///   {"facility_id":"main","equipment_id":"pump-1","what":"begin","at":1767225600000,"by":"anna","user":"ann","note":""}
struct maintenance_entry {
  facility_id facility;
  std::string unit;
  maintenance_report report;

  std::string content() const;
  /// None when it is damaged.
  static std::optional<maintenance_entry> of(std::string_view content);

  friend bool operator==(const maintenance_entry&, const maintenance_entry&) = default;
};

/// "begin", "end" and "done": what people say.
std::string_view name_of(maintenance_report::kind what);
std::optional<maintenance_report::kind> maintenance_named(std::string_view name);

} // namespace millwright
