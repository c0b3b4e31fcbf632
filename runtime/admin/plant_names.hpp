#pragma once

#include "runtime/admin/plant_request.hpp"
#include "runtime/hosting/entity_line.hpp"

#include <span>
#include <string>

namespace millwright {

/// What a request for the plant is about.
struct plant_target {
  enum class scope {
    /// All of it.
    plant,
    /// The actors of a kind; of a facility where one is named.
    kind,
    /// One actor: a facility, a unit, or whatever else.
    actor,
  };
  scope what = scope::plant;
  entity_key key;
};

/// What `request` means among `lines`. Throws failure(not_found) where nothing is called so, with the nearest name, or
/// where several things are, with what to say for each.
/// @param kinds the names of all kinds of actors above the sensors.
plant_target target_of(const plant_request& request, std::span<const entity_line> lines,
                       std::span<const std::string> kinds);

/// FACILITY/ID, as a person may type it; FACILITY where it stands for the facility itself.
std::string typed_name(const entity_key& key);

} // namespace millwright
