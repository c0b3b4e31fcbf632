#pragma once

#include "actors/kit/hosted_model.hpp"
#include "actors/kit/pane_windows.hpp"
#include "actors/kit/sensor_tally.hpp"
#include "actors/line/line_pane.hpp"
#include "actors/line/line_row.hpp"

namespace millwright {

/// The actor of a facility's production line.
entity_key line_entity(const facility_id& facility, std::string line);
/// Appends whose actors a sensor's readings count in: none where its facility has no line.
void line_targets(const sensor_context& of, const actor_settings& settings, std::vector<entity_key>& out);

/// What a shard gathers of a line's readings.
class line_part : public pane_part<line_pane> {
public:
  void born(const hosted_birth& birth);

  void take(const contribution& x) { take(sensor_tally{x}); }
  void take(const sensor_tally& x);
  static void bounds(const actor_settings& settings, tally_bounds& out);

private:
  window_layout layout_{milliseconds{600'000}, milliseconds{300'000}, milliseconds{600'000}};
  double optimal_above_ = 0.95;
};

/// A production line: windows by shift.
class line_model {
public:
  using part = line_part;

  explicit line_model(const hosted_birth& birth);

  void take(part&& of, hosted_output& out);
  void heard(std::span<const alarm_transition>, hosted_output&) {}
  void pass(const time_passed& time, hosted_output& out);
  void end(hosted_output& out);
  /// Rows of what is open as it stands, with what was gathered since; nothing is kept of it.
  void updates(const part& open, hosted_output& out) const;

  bool idle() const { return windows_.empty(); }
  event_time newest() const { return newest_; }
  void encode(std::string& out) const;
  bool decode(std::string_view in);
  headline line() const;
  void show(json_object& view, const part& open) const;

private:
  void close(event_time closing, hosted_output& out);
  void tell(event_time start, event_time end, const line_pane& pane, bool open, hosted_output& out) const;

  facility_id facility_;
  std::string line_;
  double readings_a_unit_;
  pane_windows<line_pane> windows_;
  event_time newest_ = never;
};

} // namespace millwright
