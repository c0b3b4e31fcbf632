#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// Turns the good line that starts at `begin` of `out` into one that must be rejected; `draw` chooses how. The line
/// stays one line.
void damage_line(std::string& out, size_t begin, uint64_t draw);

} // namespace millwright
