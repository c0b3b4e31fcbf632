#pragma once

#include "actors/kit/first_of_pane.hpp"
#include "actors/kit/hosted_model.hpp"
#include "actors/kit/pane_windows.hpp"
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

  void take(const contribution& x) {
    const auto measure = line_measure_of(x.type);
    if (!measure || x.of.is(reading::far_ahead))
      return;
    came(x.of);
    if (!x.on_time(layout_.delay))
      return;
    const event_time start = align_down(x.of.time, layout_.slide);
    auto& figures = panes_.at(start).of(x.shift());
    figures.means[static_cast<size_t>(*measure)].add(x.of.value);
    figures.optimal += x.of.quality > optimal_above_;
    // Once a sensor, pane and shift: shifts part only where an hour ends.
    if (counted_.first(x, start + milliseconds{static_cast<int>(x.shift())}) && !x.context().equipment.empty())
      figures.units.add(x.unit_mark());
  }

private:
  window_layout layout_{milliseconds{600'000}, milliseconds{300'000}, milliseconds{600'000}};
  double optimal_above_ = 0.95;
  first_of_pane counted_;
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

  bool idle() const { return windows_.empty(); }
  event_time newest() const { return newest_; }
  void encode(std::string& out) const;
  bool decode(std::string_view in);
  headline line() const;
  void show(json_object& view, const part& open) const;

private:
  void close(event_time closing, hosted_output& out);

  facility_id facility_;
  std::string line_;
  double readings_a_unit_;
  pane_windows<line_pane> windows_;
  event_time newest_ = never;
};

} // namespace millwright
