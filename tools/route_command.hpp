#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright route`: who would be told of an alarm, and why.
int route_command(const std::vector<std::string>& line);

} // namespace millwright
