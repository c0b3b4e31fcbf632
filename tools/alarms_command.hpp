#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright alarms`: the alarms of a running node as a table, or as JSON lines. Throws `failure`.
int alarms_command(const std::vector<std::string>& line);

/// `millwright observations`: likewise what is shown and pages nobody. Throws `failure`.
int observations_command(const std::vector<std::string>& line);

} // namespace millwright
