#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright replay`: recorded readings through the actors of a live node.
int replay_command(const std::vector<std::string>& arguments);

} // namespace millwright
