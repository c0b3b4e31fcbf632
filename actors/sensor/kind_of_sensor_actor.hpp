#pragma once

#include "actors/kit/actor_type.hpp"

namespace millwright {

/// The kind `sensor`. It keeps a shell of its own (sensor_actor), for it takes millions of readings a second.
const actor_type& sensor_kind();

} // namespace millwright
