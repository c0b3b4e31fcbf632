#pragma once

#include "actors/kit/actor_settings.hpp"

#include <span>

namespace millwright {

/// Of the kind `line`.
std::span<const actor_setting> line_settings();

} // namespace millwright
