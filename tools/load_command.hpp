#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright load [MINUTES]`: figures of a running node over the last minutes, and advice.
int load_command(const std::vector<std::string>& line);

} // namespace millwright
