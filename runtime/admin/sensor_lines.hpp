#pragma once

#include "protocol/sensor_questions.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// Appends a sensor as a JSON line, line feed included.
void append_json(std::string& out, const listed_sensor& row);
/// Appends what became of sensors that were to be forgotten: a line each for those that stay, and one that sums up.
void append_json(std::string& out, const sensors_forgotten& what);

/// The lines of a list as a table for people; `total`: how many match in all.
std::string render_sensor_table(std::string_view lines, uint64_t total);
/// The lines of `append_json(sensors_forgotten)` in words.
std::string render_forgotten(std::string_view lines);

} // namespace millwright
