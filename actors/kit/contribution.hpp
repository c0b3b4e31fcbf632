#pragma once

#include "protocol/entity.hpp"
#include "protocol/reading.hpp"
#include "protocol/sensor_type.hpp"
#include "protocol/work_shift.hpp"

#include <algorithm>

namespace millwright {

/// Panes of every window: 30 s of event time, aligned to the epoch (semantics 3).
inline constexpr milliseconds pane_length{30'000};

/// An accepted reading that repeats none, as it counts in what stands above its sensor. Valid during the call.
struct contribution {
  const reading& of;
  const sensor_type& type;
  /// False: its sensor had a reading before it that counts in the same pane of the same things, since the barrier. What
  /// concerns the sensor alone was to be seen there.
  bool fresh = true;

  const sensor_context& context() const { return *of.context; }
  event_time pane() const { return align_down(of.time, pane_length); }
  /// Of its pane, in a kind of window of that delay; else it is in no window of that kind.
  bool on_time(milliseconds delay) const {
    if (of.is(reading::far_ahead))
      return false;
    return horizon() == never || pane() + pane_length > horizon() - delay;
  }
  /// What it is late against.
  event_time horizon() const { return std::max(of.watermark, of.awake_from); }
  /// The split's time behind it.
  event_time split_time() const { return of.is(reading::ahead) ? of.watermark : std::max(of.watermark, of.time); }
  work_shift shift() const { return shift_of(of.hour); }
};

inline uint64_t sensor_mark_of(const sensor_context& sensor) {
  return mark_of(sensor.key.facility.view(), sensor.key.sensor.view());
}
inline uint64_t unit_mark_of(const sensor_context& sensor) {
  return mark_of(sensor.key.facility.view(), sensor.equipment.view());
}

} // namespace millwright
