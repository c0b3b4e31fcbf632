#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright page preview`: prints a made-up page as each channel of a configuration would have it, with what the
/// metadata say of the sensor. Nothing is sent, no secret is read, and no node is asked.
int page_command(const std::vector<std::string>& line);

} // namespace millwright
