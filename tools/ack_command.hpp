#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright ack ID`: acknowledges an alarm of a running node, by its id or so much of its beginning that only one
/// has it. Throws `failure`, also where there is none or more than one.
int ack_command(const std::vector<std::string>& line);

} // namespace millwright
