#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright relearn SENSOR`: has a sensor of a running node learn anew what is normal for it. Throws `failure`, also
/// where no sensor is called so, or several are.
int relearn_command(const std::vector<std::string>& line);

} // namespace millwright
