#pragma once

#include "actors/kit/actor_type.hpp"

namespace millwright {

/// The kind `line`.
const actor_type& line_actor();

} // namespace millwright
