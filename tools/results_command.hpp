#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright results KIND`: rows that a running node has stored, JSON lines on standard output. With --follow until
/// Ctrl-C. Throws `failure`.
int results_command(const std::vector<std::string>& line);

} // namespace millwright
