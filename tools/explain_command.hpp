#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright explain ALARM|SENSOR|UNIT`: why it paged, or why it did not.
int explain_command(const std::vector<std::string>& line);

} // namespace millwright
