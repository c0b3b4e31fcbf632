#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright sensors`: the sensors that a running node knows, or has it forget some. Throws `failure`.
int sensors_command(const std::vector<std::string>& line);

} // namespace millwright
