#pragma once

#include "actors/kit/actor_type.hpp"

namespace millwright {

/// The kind `equipment`: an actor a unit.
const actor_type& equipment_actor();

} // namespace millwright
