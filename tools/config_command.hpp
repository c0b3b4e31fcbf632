#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `config check FILE [--set KEY=VALUE]...` prints "FILE: ok", or throws `failure` naming every mistake.
/// `config keys` prints every setting with its default.
int config_command(const std::vector<std::string>& line);

} // namespace millwright
