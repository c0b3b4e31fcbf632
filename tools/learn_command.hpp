#pragma once

#include <string>
#include <vector>

namespace millwright {

/// millwright learn INPUT... [-c FILE.yaml]
int learn_command(const std::vector<std::string>& line);

} // namespace millwright
