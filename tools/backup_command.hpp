#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright backup DIR`: a hot copy of a node's ledger and alarm journal. Throws `failure`.
int backup_command(const std::vector<std::string>& line);

} // namespace millwright
