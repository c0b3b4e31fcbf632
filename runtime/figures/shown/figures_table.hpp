#pragma once

#include "runtime/figures/judged_alarms.hpp"

#include <string>

namespace millwright {

/// Figures as people read them: beside what ISA-18.2 and EEMUA 191 hold for bearable, then what pages most.
/// @param width columns of the terminal; 0: as wide as it takes.
std::string render_figures(const judged_alarms& x, int width, bool colour);

/// Two ways of judging the same readings side by side, then what one pages and the other does not.
std::string render_comparison(const judged_alarms& before, const judged_alarms& after, const page_difference& changes,
                              int width, bool colour);

} // namespace millwright
