#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// The answer to a request for the plant (plant_answer.hpp) for a person: a table of facilities and the units that are
/// worst, a facility, a page of a unit or of another actor, or a list of actors. Lines are at most `width` columns;
/// 0: as wide as they take.
///
/// What people misread is not shown: a count of readings called `active_sensors`, an efficiency that is no share, hours
/// reckoned by reading.
std::string render_plant(std::string_view rows, uint64_t total, int width, bool colour);

} // namespace millwright
