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

  const sensor_context& context() const { return *of.context; }
  event_time pane() const { return align_down(of.time, pane_length); }
  /// Of its pane, in a kind of window of that delay; else it is in no window of that kind.
  bool on_time(milliseconds delay) const {
    if (of.is(reading::far_ahead))
      return false;
    const event_time watermark = std::max(of.watermark, of.awake_from);
    return watermark == never || pane() + pane_length > watermark - delay;
  }
  /// The split's time behind it.
  event_time split_time() const { return of.is(reading::ahead) ? of.watermark : std::max(of.watermark, of.time); }
  work_shift shift() const { return shift_of(of.hour); }
  uint64_t sensor_mark() const { return mark_of(context().key.facility.view(), context().key.sensor.view()); }
  uint64_t unit_mark() const { return mark_of(context().key.facility.view(), context().equipment.view()); }
};

} // namespace millwright
