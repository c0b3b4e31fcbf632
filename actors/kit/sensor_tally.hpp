#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/exact_moments.hpp"
#include "actors/kit/split_times.hpp"
#include "actors/kit/tally_bounds.hpp"

#include <array>
#include <cstdint>

namespace millwright {

/// What readings of one sensor in one pane add up to, with all that they have in common: one context, type, split and
/// hour; each on time for the same; none a pause away from the one before. A kind of actor that takes these in place of
/// readings looks at a few a sensor and barrier. Valid as long as the context is.
struct sensor_tally {
  /// A tally of one reading; `add` has the rest. @param bounds stay as long as it.
  explicit sensor_tally(const contribution& first, const tally_bounds& bounds = no_bounds);

  /// Adds a later reading of the sensor. False, and nothing is changed, where it belongs to a tally of its own.
  bool add(const contribution& x) {
    const reading& r = x.of;
    const event_time horizon = x.horizon();
    if (r.context != context || r.time < pane || r.time - pane >= pane_length || horizon < horizon_from ||
        horizon >= horizon_until || r.split != split || r.type != type_index || r.hour != hour ||
        (r.flags & clock_flags) != clock || r.activity - activity_last >= bounds->pause() ||
        r.position < first_position || values.count == most_readings) [[unlikely]]
      return false;
    values.add(r.value);
    count_quality(r.quality);
    const event_time behind = x.split_time();
    activity_last = std::max(activity_last, r.activity + step_of(r, behind));
    heard_least = std::min(heard_least, behind);
    heard_most = std::max(heard_most, behind);
    oldest = std::min(oldest, r.time);
    if (r.time > newest || (r.time == newest && r.position > newest_position)) {
      newest = r.time;
      newest_position = r.position;
      newest_value = r.value;
      newest_quality = r.quality;
    }
    return true;
  }

  uint32_t count() const { return values.count; }
  /// All of them, or none.
  bool on_time(milliseconds delay) const {
    return (clock & reading::far_ahead) == 0 && first_horizon < pane + pane_length + delay;
  }
  bool ahead() const { return (clock & reading::ahead) != 0; }
  bool far_ahead() const { return (clock & reading::far_ahead) != 0; }
  work_shift shift() const { return shift_of(hour); }
  /// How many are of a lower quality, or a higher one: a quality that the bounds have.
  uint32_t below(double quality) const;
  uint32_t above(double quality) const;

  const sensor_context* context;
  const sensor_type* type;
  const tally_bounds* bounds;
  event_time pane;
  /// What readings of this tally may be late against.
  event_time horizon_from, horizon_until, first_horizon;
  uint64_t first_position;
  /// The split's activity clock before the first reading, and behind the last.
  milliseconds activity_first, activity_last;
  sensor_type_index type_index;
  uint16_t split;
  uint8_t hour, clock;

  exact_moments values;
  exact_mean qualities;
  /// The first reading, by position, and the split's time behind it; the smallest and largest such time.
  event_time first_time, first_heard, heard_least, heard_most;
  double first_quality;
  /// By event time; of two, the one with the higher position is newer.
  event_time oldest, newest;
  uint64_t newest_position;
  double newest_value, newest_quality;

private:
  static constexpr uint8_t clock_flags = reading::ahead | reading::far_ahead;
  static constexpr uint32_t most_readings = 0xffff;
  static const tally_bounds no_bounds;

  // The reading itself may have moved the clock.
  static milliseconds step_of(const reading& r, event_time behind) {
    if (r.watermark == never || behind <= r.watermark)
      return milliseconds{0};
    return std::min(behind - r.watermark, split_times::largest_step);
  }
  void count_quality(double quality) {
    if (std::isnan(quality))
      return;
    qualities.add(quality);
    ++by_quality_[bounds->class_of(quality)];
  }

  std::array<uint16_t, tally_bounds::most_qualities + 1> by_quality_{};
};

} // namespace millwright
