#pragma once

#include <string>

namespace millwright {

/// What the person at this terminal is called.
std::string own_name();

} // namespace millwright
