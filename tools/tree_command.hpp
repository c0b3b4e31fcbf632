#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright tree [NAME]`: the supervision tree of a running node.
int tree_command(const std::vector<std::string>& line);

} // namespace millwright
