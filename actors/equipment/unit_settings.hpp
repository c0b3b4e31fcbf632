#pragma once

#include "actors/kit/actor_settings.hpp"
#include "protocol/binary.hpp"

#include <memory>
#include <span>
#include <string>

namespace millwright {

/// The settings of equipment units, as they are declared: `actors.equipment.KEY`.
std::span<const actor_setting> equipment_settings();

/// What is wrong with settings that are right one by one: a sentence for people; empty when nothing is.
std::string equipment_settings_problem(const actor_settings& settings);

/// What a shard needs to know to gather for a unit; it travels with what was gathered.
struct unit_gathering {
  /// Of a window's panes: as wide as its slide.
  milliseconds pane{60'000};
  milliseconds window_delay{300'000};
  milliseconds session_delay{30'000};
  milliseconds offline_after{600'000};
  double faults_below = 0.5;

  unit_gathering() = default;
  explicit unit_gathering(const actor_settings& settings);

  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

  friend bool operator==(const unit_gathering&, const unit_gathering&) = default;
};

/// The values of the settings, looked up once.
struct unit_settings {
  unit_gathering gathering;
  /// A multiple of the slide.
  milliseconds window{300'000};
  double degraded_below = 0.7, unstable_above = 10;
  milliseconds session_gap{300'000};
  double startup_rate = 10, shutdown_rate = 1;
  milliseconds startup_within{120'000}, shutdown_after{600'000};
  /// Else `hours_a_reading` for each reading.
  bool runtime_between_readings = false;
  bool unstable_windows = false;
  double hours_a_reading = 0.1;
  milliseconds learning_time{604'800'000}, member_forgotten{604'800'000};

  unit_settings() = default;
  explicit unit_settings(const actor_settings& settings);

  friend bool operator==(const unit_settings&, const unit_settings&) = default;
};

/// The same values for all units that have them: nearly always those of the unit before. Any thread.
std::shared_ptr<const unit_settings> shared(const unit_settings& settings);

} // namespace millwright
