#pragma once

#include "actors/kit/actor_type.hpp"

namespace millwright {

/// The kind `facility`.
const actor_type& facility_actor();

} // namespace millwright
