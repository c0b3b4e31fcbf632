#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright channel test NAME`: sends a page that says it is a test over one channel of a configuration, and shows
/// what its receiver answered. A node need not run.
int channel_command(const std::vector<std::string>& line);

} // namespace millwright
