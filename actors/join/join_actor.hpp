#pragma once

#include "actors/kit/actor_type.hpp"

namespace millwright {

/// The kind `join`.
const actor_type& join_actor();

} // namespace millwright
