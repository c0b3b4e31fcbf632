#pragma once

#include "actors/kit/actor_settings.hpp"

#include <span>
#include <string>

namespace millwright {

/// Of the kind `join`.
std::span<const actor_setting> join_settings();
/// What is wrong with them together, as a sentence that says what to write; empty where nothing is.
std::string join_settings_problem(const actor_settings& settings);

} // namespace millwright
