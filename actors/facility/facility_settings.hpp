#pragma once

#include "actors/kit/actor_settings.hpp"

#include <span>
#include <string>

namespace millwright {

/// Of the kind `facility`.
std::span<const actor_setting> facility_settings();
/// What is wrong with them together, as a sentence that says what to write; empty where nothing is.
std::string facility_settings_problem(const actor_settings& settings);

} // namespace millwright
