#pragma once

#include "runtime/simulation/simulated_plant.hpp"

#include <string>

namespace millwright {

/// Appends the truth of every fault that starts in [from, to), a JSON line each: kind, facility_id, sensor_id,
/// equipment_id, start, end, strength. Of bearing_wear the sensor is the unit's vibration sensor.
void append_truth(const simulated_plant& plant, event_time from, event_time to, std::string& out);

/// Writes facilities.jsonl and sensors.jsonl into `directory`, which is made if need be. Each file appears whole or not
/// at all. Throws `failure`.
void write_metadata(const simulated_plant& plant, const std::string& directory);

/// Replaces the file by `content`, whole or not at all; its directory is made if need be. Throws `failure`.
void replace_file(const std::string& path, const std::string& content);

/// Throws `failure`.
void append_to_file(const std::string& path, const std::string& content);

} // namespace millwright
