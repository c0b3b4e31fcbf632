#pragma once

#include <string>

namespace millwright {

/// A figure as people read it: so many significant digits at most, the shortest form. The records have every digit.
std::string figure_of(double x, int digits = 6);

} // namespace millwright
