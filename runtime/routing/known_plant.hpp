#pragma once

#include "protocol/criticality.hpp"
#include "protocol/reading.hpp"
#include "runtime/settings/settings.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace millwright {

/// What routes ask of a plant, as its metadata files say.
struct known_plant {
  struct unit {
    std::string facility;
    /// Empty: a sensor that is on none.
    std::string id;
    criticality how = criticality::unknown;

    friend auto operator<=>(const unit&, const unit&) = default;
  };
  /// None: no such file is configured.
  std::optional<std::map<std::string, facility_info>> facilities;
  std::optional<std::set<unit>> units;

  /// UTC and no line where it is not known.
  facility_info facility(const std::string& id) const;
  /// The highest that a row of the unit gives; where none of the facility does, one for every facility.
  criticality criticality_of(const std::string& facility, const std::string& unit) const;
};

/// Throws `failure` (bad_metadata) where a file cannot be read or has a mistake.
known_plant read_known_plant(const plant_settings& files);

} // namespace millwright
