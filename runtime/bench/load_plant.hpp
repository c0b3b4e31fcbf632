#pragma once

#include "protocol/reading.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// The plant of the benchmarks: sensors of five types, spread over three facilities, each noisy around a level of its
/// own, within limits that its metadata states. Made to cost next to nothing a reading, which the simulated plant does
/// not: what is measured is the node. The same (sensor, turn) always gives the same value. Immutable; any thread.
class load_plant {
public:
  /// @param types must hold temperature, vibration, pressure, power and generic.
  /// @param sensors_of_unit 5 or 6; 0: none belongs to a unit.
  load_plant(uint32_t sensors, const sensor_type_table& types, uint32_t sensors_of_unit = 6);

  /// Sensors whose numbers are equal modulo this have the same type, level and limits: a state learned by one fits the
  /// other.
  static constexpr uint32_t models = 500;

  uint32_t sensors() const { return sensors_; }

  /// Appends the sensor's `turn`-th reading as JSON, about 190 bytes. `high`: beyond its high_high limit.
  void append_json(std::string& out, uint32_t sensor, uint64_t turn, event_time at, bool high = false) const;

  /// The same reading, validated: time, value, quality and type are set.
  reading reading_of(uint32_t sensor, uint64_t turn, event_time at) const;
  sensor_context context_of(uint32_t sensor) const;

  static std::string sensor_id_of(uint32_t sensor);
  /// The sensor of such an id; `sensors()` when it is none.
  uint32_t sensor_of_id(std::string_view id) const;
  static std::string facility_id_of(uint32_t sensor);
  /// Empty where there are no units.
  std::string equipment_id_of(uint32_t sensor) const;

  /// Writes facilities.jsonl and sensors.jsonl into `directory`. Throws `failure`.
  void write_metadata(const std::string& directory) const;

private:
  double level_of(uint32_t sensor) const;
  double value_of(uint32_t sensor, uint64_t turn, bool high) const;
  alert_thresholds thresholds_of(uint32_t sensor) const;

  uint32_t sensors_, sensors_of_unit_;
  std::vector<sensor_type_index> types_;
  /// Normal noise in standard deviations; one after the other.
  std::vector<float> noise_;
};

} // namespace millwright
