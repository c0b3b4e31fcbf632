#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright restore DIR`: a backup in the place of a stopped node's ledger and alarm journal. Throws `failure`.
int restore_command(const std::vector<std::string>& line);

} // namespace millwright
