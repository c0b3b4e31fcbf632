#pragma once

#include "actors/kit/actor_settings.hpp"

#include <span>

namespace millwright {

/// Of the kind `join`.
std::span<const actor_setting> join_settings();

} // namespace millwright
