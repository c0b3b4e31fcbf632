#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright plant`: facilities, units and whatever else stands above the sensors of a running node, as tables or as
/// JSON lines. Throws `failure`.
int plant_command(const std::vector<std::string>& line);

} // namespace millwright
