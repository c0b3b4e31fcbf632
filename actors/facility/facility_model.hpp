#pragma once

#include "actors/facility/facility_pane.hpp"
#include "actors/facility/facility_row.hpp"
#include "actors/facility/sensors_by_state.hpp"
#include "actors/kit/hosted_model.hpp"
#include "actors/kit/pane_windows.hpp"
#include "actors/kit/tally_bounds.hpp"

namespace millwright {

/// The actor of a facility.
entity_key facility_entity(const facility_id& facility);
/// Appends whose actors a sensor's readings count in.
void facility_targets(const sensor_context& of, const actor_settings& settings, std::vector<entity_key>& out);

/// What a shard gathers of a facility's readings.
class facility_part : public pane_part<facility_pane> {
public:
  void born(const hosted_birth& birth);

  void take(const contribution& x) {
    came(x.of);
    if (!x.on_time(layout_.delay))
      return;
    auto& pane = panes_.at(align_down(x.of.time, layout_.slide));
    if (x.fresh)
      pane.count(x.context());
    pane.add(x.of, quality_alert_);
  }
  static void bounds(const actor_settings& settings, tally_bounds& out);

private:
  window_layout layout_;
  double quality_alert_ = 0.8;
};

/// A facility: windows, and which of its sensors are in which state.
class facility_model {
public:
  using part = facility_part;

  explicit facility_model(const hosted_birth& birth);

  void take(part&& of, hosted_output& out);
  void heard(std::span<const alarm_transition> transitions, hosted_output& out);
  void pass(const time_passed& time, hosted_output& out);
  void end(hosted_output& out);
  /// The windows that are open, not final.
  void updates(const part& open, hosted_output& out) const;

  bool idle() const { return windows_.empty(); }
  event_time newest() const { return newest_; }
  void encode(std::string& out) const;
  bool decode(std::string_view in);
  headline line() const;
  void show(json_object& view, const part& open) const;

private:
  facility_row row_of(event_time start, event_time end, const facility_pane& pane, bool final) const;
  void close(event_time closing, hosted_output& out);

  facility_id facility_;
  pane_windows<facility_pane> windows_;
  sensors_by_state sensors_;
  event_time newest_ = never;
  /// What it was last called.
  newest_name called_;
};

} // namespace millwright
