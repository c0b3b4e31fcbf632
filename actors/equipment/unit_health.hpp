#pragma once

#include "actors/equipment/unit_maintenance.hpp"
#include "actors/equipment/unit_members.hpp"
#include "actors/equipment/unit_rows.hpp"
#include "protocol/shared_text.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millwright {

/// How a unit is, in words that people know. Records say more exactly what was found (semantics 3, 6).
enum class unit_health : uint8_t { healthy, learning, maintenance, offline, degraded, unstable };

/// "in maintenance" and so on.
std::string_view name_of(unit_health state);

/// A type of sensors at a unit, and how its last window was.
struct unit_type {
  /// Units have the same ones.
  shared_text name;
  event_time window_end = never, status_since = never;
  double stddev = absent, quality = absent;
  window_status status = window_status::healthy;

  void take(const equipment_row& window);
};

/// What a unit's health is judged by; all of it stays as long as the call.
struct unit_facts {
  const unit_settings& settings;
  std::span<const unit_type> types;
  const unit_members& members;
  bool online = false;
  event_time presence_since = never;
  /// Null: it is not in maintenance.
  const maintenance_report* maintenance = nullptr;
  /// T of the splits that feed it.
  event_time now = never;
};

/// The first that holds of: in maintenance; offline; unstable (a sensor has left its normal range, or something of the
/// machine is wrong of which somebody should hear); degraded (what is measured cannot be trusted); learning; healthy.
unit_health judge(const unit_facts& unit);

/// When the state began that `judge` gave; `never` for healthy and learning, which begin when something else ends.
event_time cause_since(unit_health state, const unit_facts& unit);

/// Why, in words; empty for a healthy one.
std::string reason_for(unit_health state, const unit_facts& unit);

/// 0 is well; units are shown worst first. A critical alarm is worst of all, however the unit is called.
int rank_of(unit_health state, const unit_members& members);

/// "PI-101 beyond a limit (critical)".
std::string words_of(const unit_member& member, const standing_condition& condition);

} // namespace millwright
