#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright describe NAME`: what an actor of a running node says of itself.
int describe_command(const std::vector<std::string>& line);

} // namespace millwright
