#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright alarms`: the alarms of a running node as a table, or as JSON lines. Throws `failure`.
int alarms_command(const std::vector<std::string>& line);

} // namespace millwright
