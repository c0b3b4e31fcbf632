#pragma once

#include "actors/kit/actor_settings.hpp"

#include <span>

namespace millwright {

/// Of the kind `facility`.
std::span<const actor_setting> facility_settings();

} // namespace millwright
