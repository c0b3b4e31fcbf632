#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright report`: figures of what was paged, or what a shift hands over.
int report_command(const std::vector<std::string>& arguments);

} // namespace millwright
