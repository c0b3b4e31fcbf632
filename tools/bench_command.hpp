#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright bench`: how fast this build is on this machine.
int bench_command(const std::vector<std::string>& arguments);

} // namespace millwright
