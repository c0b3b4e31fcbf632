#pragma once

#include "runtime/health/health_rows.hpp"

#include <span>
#include <vector>

namespace millwright {

/// Of each sensor the newest reading that was scored, by time, then place in the log: what stands above it is told of
/// that alone. Of a sensor whose metadata changed meanwhile, one before and one behind. The same whatever the order of
/// several splits' readings, but for the order of what it gives.
std::vector<const scored_reading*> newest_scores(std::span<const scored_reading> scores);

} // namespace millwright
