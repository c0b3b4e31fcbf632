#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright retire SENSOR`: takes a sensor of a running node out of service; with `--back` it is in service again.
/// Throws `failure`, also where no sensor is called so, or several are.
int retire_command(const std::vector<std::string>& line);

} // namespace millwright
