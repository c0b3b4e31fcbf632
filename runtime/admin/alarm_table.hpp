#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// A table for a person of the rows that a node gives for its alarms (JSON lines), each at most `width` columns; 0: as
/// wide as it takes. `total`: how many there are; a last line tells of those that are not among the rows. An alarm that
/// paged nobody is followed by a line that says why, when it is asked for.
std::string render_alarm_table(std::string_view rows, uint64_t total, int width, bool colour, bool reasons = true);

/// A line that says since when there is a flood of alarms, of the last line of a node's answer; empty: there is none.
std::string render_flood(std::string_view closing);

} // namespace millwright
