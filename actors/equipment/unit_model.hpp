#pragma once

#include "actors/equipment/unit_health.hpp"
#include "actors/equipment/unit_maintenance.hpp"
#include "actors/equipment/unit_members.hpp"
#include "actors/equipment/unit_part.hpp"
#include "actors/equipment/unit_presence.hpp"
#include "actors/equipment/unit_sessions.hpp"
#include "actors/equipment/unit_settings.hpp"
#include "actors/equipment/unit_windows.hpp"
#include "actors/kit/hosted_model.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// The unit that readings of such a sensor count in; none where the metadata name none.
void equipment_targets(const sensor_context& of, const actor_settings& settings, std::vector<entity_key>& out);

/// One equipment unit: windows by sensor type, sessions, runtime, faults, presence (semantics 3 and 6), its sensors and
/// how it is. Rows of one kind come in the order in which they fall due, the same wherever barriers fall.
class unit_model {
public:
  using part = unit_part;

  explicit unit_model(const hosted_birth& birth);

  void take(unit_part&& news, hosted_output& out);
  /// Of its sensors.
  void heard(std::span<const alarm_transition> transitions, hosted_output& out);
  void pass(const time_passed& time, hosted_output& out);
  /// Also a record of its state, dated by the last `pass`.
  void end(hosted_output& out);

  void scored(std::span<const sensor_score> scores);
  void noticed(const hosted_notice& notice, hosted_output& out);
  /// The metadata give the sensor to another unit, or to none.
  void left(std::string_view sensor);
  /// A person says so: in records from then on, on its page at once.
  void maintained(const maintenance_report& report);

  bool idle() const;
  /// T behind the last reading; readings whose stamps are old count as what they are: heard now.
  event_time newest() const { return heard_; }
  void encode(std::string& out) const;
  bool decode(std::string_view in);
  headline line() const;
  void show(json_object& view, const unit_part& open) const;

  /// Beside `sizeof`.
  size_t heap_bytes() const;

private:
  unit_model(entity_key key, std::shared_ptr<const unit_settings> settings)
      : key_{std::move(key)}, settings_{std::move(settings)} {}

  void apply(const unit_stretch& x);
  uint16_t type_named(std::string_view name);
  /// Its types, in this unit's numbers; new ones by name.
  std::vector<uint16_t> types_of(const unit_part& news);
  void follow_presence(const time_passed& time, hosted_output& out);
  void close(event_time closing, hosted_output& out);
  void tell_state(event_time at, bool online, hosted_output& out) const;
  double runtime_hours(uint64_t readings, milliseconds between) const;
  unit_facts facts() const;
  void judge_again();

  entity_key key_;
  std::shared_ptr<const unit_settings> settings_;
  std::vector<unit_type> types_;
  unit_windows windows_;
  unit_sessions sessions_;
  unit_presence presence_;
  unit_members members_;
  uint64_t readings_ = 0, faults_ = 0;
  event_time last_update_ = never, heard_ = never;
  unit_maintenance maintenance_;
  unit_health health_ = unit_health::offline;
  event_time health_since_ = never;
  /// Of what was last decided about it: when a healthy state begins.
  event_time changed_ = never;
};

} // namespace millwright
