#pragma once

#include "protocol/reading.hpp"
#include "protocol/sensor_type.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/simulation/plant_noise.hpp"
#include "runtime/simulation/sensor_profile.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// The shape of a sensor's fast noise.
enum class noise_shape : uint8_t { gaussian, heavy_tailed, quantised, on_off, counting };

/// 16 bytes a sensor: everything else follows from its index.
struct plant_sensor {
  float level = 0;
  /// Standard deviation of the fast noise.
  float sigma = 0;
  uint16_t type = 0;
  noise_shape shape{};
  bool drifting = false;
  /// Of noise_profiles(), or `plain_noise`.
  uint8_t noise = plain_noise;

  static constexpr uint8_t plain_noise = 255;
};

/// Sizes of the healthy movements, as multiples of sigma.
struct movement {
  /// Two slow waves of about 100 and 230 intervals, the day's cycle, and the load of the unit.
  double fast, slow, daily, load;

  double sum() const { return fast + slow + daily + load; }
};

/// Who is where in the plant: sensors sit in groups of six on one equipment unit, units are dealt out to the
/// facilities. Ids repeat between facilities ("TI-101 exists at every site").
class plant_layout {
public:
  static constexpr uint32_t sensors_of_unit = 6;

  /// Throws `failure` on a mix that names an unknown type or on no sensors or facilities.
  plant_layout(const simulation_settings& settings, const std::vector<sensor_type>& types);

  uint32_t sensors() const { return static_cast<uint32_t>(sensors_.size()); }
  const plant_sensor& sensor(uint32_t index) const { return sensors_[index]; }
  const std::vector<sensor_type>& types() const { return types_; }
  const sensor_type& type_of(uint32_t sensor) const { return types_[sensors_[sensor].type]; }
  const sensor_profile& profile_of_type(uint16_t type) const { return profiles_[type]; }
  const std::vector<facility_info>& facilities() const { return facilities_; }

  /// Measures a quantity with limits, unlike two states and counters.
  bool analog(uint32_t sensor) const { return sensors_[sensor].shape <= noise_shape::quantised; }
  static uint32_t unit_of(uint32_t sensor) { return sensor / sensors_of_unit; }
  uint32_t facility_of(uint32_t sensor) const { return unit_of(sensor) % static_cast<uint32_t>(facilities_.size()); }
  void append_sensor_id(std::string& out, uint32_t sensor) const;
  std::string sensor_id_of(uint32_t sensor) const;
  std::string equipment_id_of(uint32_t unit) const;
  /// The unit of the primary measure; a type without one gets it by the sensor.
  std::string unit_text_of(uint32_t sensor) const;
  /// What moves it while it is healthy; null: plain.
  const plant_noise* noise_of(uint32_t sensor) const {
    const auto which = sensors_[sensor].noise;
    return which == plant_sensor::plain_noise ? nullptr : &noises_[which];
  }
  bool mixed() const { return mixed_; }
  /// "plain", or the name of its noise.
  std::string_view noise_name_of(uint32_t sensor) const;
  /// "TI-101", of the first facility that has it, or "FACILITY/TI-101".
  std::optional<uint32_t> find(std::string_view name) const;

  movement movement_of(uint32_t sensor) const;
  /// Beyond 7 sigma of plain noise: how far a healthy reading may be from the level, in sigma.
  double reach_of(uint32_t sensor) const;
  /// What no healthy reading of the sensor reaches; none for two states and counters.
  alert_thresholds thresholds_of(uint32_t sensor, int64_t interval_ms) const;

private:
  void place(uint64_t seed, const std::map<std::string, double>& mix, const std::vector<uint8_t>& noises);

  std::vector<sensor_type> types_;
  std::vector<sensor_profile> profiles_;
  std::vector<facility_info> facilities_;
  std::vector<plant_sensor> sensors_;
  std::vector<plant_noise> noises_;
  bool mixed_ = false;
};

} // namespace millwright
