#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright ledger check|salvage`: what is in a stopped node's ledger and alarm journal, whether it is sound, and
/// the rescue of what is. 2 when something is damaged. Throws `failure`.
int ledger_command(const std::vector<std::string>& line);

} // namespace millwright
