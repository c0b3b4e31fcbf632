#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright run`: a live node by a configuration.
int run_command(const std::vector<std::string>& arguments);

} // namespace millwright
