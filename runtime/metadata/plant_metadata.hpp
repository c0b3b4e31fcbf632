#pragma once

#include "protocol/alarm.hpp"
#include "protocol/alarm_guidance.hpp"
#include "protocol/operating_mode.hpp"
#include "protocol/reading.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

struct model_set;

/// What a row of the sensors file says of a sensor.
struct sensor_info {
  equipment_id equipment;
  /// Empty: none is given.
  std::string unit;
  std::string maintenance_schedule;
  std::string calibration_date;
  alert_thresholds thresholds;
  /// Of its unit; what one row says holds for the unit's other sensors too.
  criticality how_critical = criticality::unknown;
  /// When its rules hold; none: as its unit's row says, else always.
  std::optional<operating_mode> when = {};
};

/// What the facilities and sensors files say (semantics 2): JSON lines, an object a row. Immutable; copies share the
/// content, and any thread may read it.
///
/// Facility rows: facility_id, facility_name, location, timezone, production_line. Sensor rows: sensor_id, facility_id
/// (without it the row is for that id everywhere), equipment_id, unit, maintenance_schedule, calibration_date,
/// alert_thresholds {low_low, low, high, high_high, rate}, criticality (low, medium, high), `when` its rules hold
/// (`mode_in`), of all of them or of `when_rules`; and, of its alarms,
/// description, cause, consequence, action, runbook, respond_within, and the same by rule in `rules`. A row without
/// sensor_id that has the last eight and `when` alone is of the unit equipment_id. Other keys of a row are not looked
/// at, but told.
class plant_metadata {
public:
  /// Knows nothing: every facility and sensor is unknown.
  plant_metadata();

  /// Reads both files; an empty path is an empty file. Throws `failure` (bad_metadata) with file:line and reason.
  /// Parses what `read_metadata` gives.
  static plant_metadata load(const std::string& facilities_path, const std::string& sensors_path);

  /// As above, from the texts; the names stand in messages.
  static plant_metadata parse(std::string_view facilities_text, std::string_view sensors_text,
                              std::string_view facilities_name = "facilities",
                              std::string_view sensors_name = "sensors");

  /// From what `metadata_content` gave. Throws `failure` (bad_metadata) at invalid rows, and when it is damaged.
  static plant_metadata from_content(std::string_view content);
  /// The same, of content that was in force before, by this version or a former one.
  static plant_metadata from_stored(std::string_view content);

  /// Tells its content from another's; the texts themselves are not kept.
  uint64_t fingerprint() const;

  /// Every sensor that a row is about, in order; the facility is empty where the row is for every one.
  std::vector<sensor_key> sensors() const;

  /// None where no row is about the sensor. A row with the facility goes, whole, before one without; of equals the last
  /// one counts.
  std::optional<sensor_info> lookup(std::string_view facility, std::string_view sensor) const;

  /// Never null: a facility that no row knows has known = false and UTC.
  std::shared_ptr<const facility_info> facility(std::string_view id) const;

  /// Joins the sensor `context.key` with its facility and sensor rows (left outer); sets all but key and slot.
  void fill(sensor_context& context) const;

  /// What it decides of modes, for sensors of its own facility: whoever is called so.
  std::span<const mode_condition> decided_by(std::string_view sensor) const;

  /// What the plant knows of such an alarm: the sensor's row first, what that does not say the unit's; a group has its
  /// unit's alone. Null: nothing.
  guidance_pointer guidance(const condition_key& condition) const;

  /// Whose alarms nobody is told what to do about.
  struct without_action {
    size_t sensors = 0, units = 0;
    size_t sensors_without = 0, units_without = 0;
    /// The first of them by name: "TI-101 of main-works"; empty where there is none.
    std::string first_sensor, first_unit;
  };
  /// Of the sensors whose row `pages` says may page somebody, and of their units.
  without_action count_without_action(const std::function<bool(const sensor_info&)>& pages) const;

  /// What judges the health of its sensors, which changes with it as one version; null: nothing.
  const std::shared_ptr<const model_set>& models() const { return models_; }
  /// The same, with other models.
  plant_metadata with_models(std::shared_ptr<const model_set> models) const;

  /// What a person should know of the files and what is no mistake, a line each: keys that nobody looks at.
  const std::vector<std::string>& notices() const;

  /// Rows, blank lines not counted.
  size_t facility_rows() const;
  size_t sensor_rows() const;

private:
  struct rows;
  static plant_metadata read(std::string_view content, bool stored);
  explicit plant_metadata(std::shared_ptr<const rows> rows) : rows_{std::move(rows)} {}

  std::shared_ptr<const rows> rows_;
  std::shared_ptr<const model_set> models_;
};

/// Throws `failure` (bad_metadata) when a file of `next` has over 20 % fewer rows than that of `current`.
void check_shrink(const plant_metadata& current, const plant_metadata& next);

/// Both files' texts and names in one string, not validated: what a log entry stores. The same files give the same
/// bytes.
std::string metadata_content(std::string_view facilities_text, std::string_view sensors_text,
                             std::string_view facilities_name, std::string_view sensors_name);

/// The text of one file; an empty path is an empty file. Throws `failure` (bad_metadata) when it cannot be read.
std::string read_metadata_file(const std::string& path);

/// That of two files; an empty path is an empty file. Throws `failure` (bad_metadata) when one cannot be read.
std::string read_metadata(const std::string& facilities_path, const std::string& sensors_path);

/// What `plant_metadata::fingerprint` is of this content. For use within a process.
uint64_t fingerprint_of(std::string_view content);

} // namespace millwright
