#pragma once

#include "runtime/figures/shift_handover.hpp"

#include <string>

namespace millwright {

/// What a shift hands over, as people read it.
std::string render_handover(const shift_handover& x, int width, bool colour);

} // namespace millwright
