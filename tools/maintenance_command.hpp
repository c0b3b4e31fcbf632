#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright maintenance begin|end|done UNIT`: tells a running node that a unit is in maintenance, is no more, or was
/// maintained. Throws `failure`, also where no unit is called so, or several are.
int maintenance_command(const std::vector<std::string>& line);

} // namespace millwright
