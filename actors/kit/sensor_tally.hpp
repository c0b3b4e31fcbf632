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
///
/// There are two a sensor, so what is near something else is kept as the difference: a reading that is too far away for
/// that has a tally of its own.
struct sensor_tally {
  /// A tally of one reading; `add` has the rest. @param bounds stay as long as it.
  explicit sensor_tally(const contribution& first, const tally_bounds& bounds = no_bounds);

  /// Adds a later reading of the sensor. False, and nothing is changed, where it belongs to a tally of its own.
  bool add(const contribution& x) {
    const reading& r = x.of;
    const event_time behind = x.split_time();
    const milliseconds in_pane = r.time - pane, heard = behind - first_heard;
    const milliseconds active = std::max(activity_last(), r.activity + step_of(r, behind)) - activity_first;
    if (r.context != context || in_pane < milliseconds{0} || in_pane >= pane_length ||
        !bounds->is_in(stretch_, x.horizon() - (pane + pane_length)) || r.split != split_ || &x.type != type ||
        r.hour != hour_ || clock_of(r) != clock_ || r.activity - activity_last() >= bounds->pause() ||
        r.position < first_position || r.position - first_position > UINT32_MAX || heard < milliseconds{INT32_MIN} ||
        heard > milliseconds{INT32_MAX} || active > milliseconds{UINT32_MAX} || values.count == most_readings)
        [[unlikely]]
      return false;
    values.add(r.value);
    count_quality(r.quality);
    active_ = static_cast<uint32_t>(active.count());
    heard_least_ = std::min(heard_least_, static_cast<int32_t>(heard.count()));
    heard_most_ = std::max(heard_most_, static_cast<int32_t>(heard.count()));
    const auto at = static_cast<uint16_t>(in_pane.count());
    const auto place = static_cast<uint32_t>(r.position - first_position);
    oldest_ = std::min(oldest_, at);
    if (at > newest_ || (at == newest_ && place > newest_place_)) {
      newest_ = at;
      newest_place_ = place;
      newest_value = r.value;
      newest_quality = r.quality;
    }
    return true;
  }

  uint32_t count() const { return values.count; }
  uint16_t split() const { return split_; }
  /// All of them, or none.
  bool on_time(milliseconds delay) const { return !far_ahead() && first_horizon < pane + pane_length + delay; }
  bool ahead() const { return (clock_ & is_ahead) != 0; }
  bool far_ahead() const { return (clock_ & is_far_ahead) != 0; }
  work_shift shift() const { return shift_of(hour_); }
  /// How many are of a lower quality, or a higher one: a quality that the bounds have.
  uint32_t below(double quality) const;
  uint32_t above(double quality) const;
  /// Whether the first is of a lower one.
  bool first_below(double quality) const;

  /// Of the first reading, by position.
  event_time first_time() const { return pane + milliseconds{first_}; }
  /// By event time; of two, the one with the higher position is newer.
  event_time oldest() const { return pane + milliseconds{oldest_}; }
  event_time newest() const { return pane + milliseconds{newest_}; }
  uint64_t newest_position() const { return first_position + newest_place_; }
  /// The smallest and the largest time of the split behind a reading.
  event_time heard_least() const { return first_heard + milliseconds{heard_least_}; }
  event_time heard_most() const { return first_heard + milliseconds{heard_most_}; }
  /// The split's activity clock behind the last reading.
  milliseconds activity_last() const { return activity_first + milliseconds{active_}; }

  const sensor_context* context;
  const sensor_type* type;
  const tally_bounds* bounds;
  event_time pane;
  /// What the first reading may be late against.
  event_time first_horizon;
  uint64_t first_position;
  /// The split's activity clock before the first reading.
  milliseconds activity_first;
  /// The split's time behind the first reading.
  event_time first_heard;
  /// Of the newest.
  double newest_value, newest_quality;
  exact_mean qualities;
  [[no_unique_address]] exact_moments values;

private:
  static constexpr uint32_t most_readings = 0xffff;
  static constexpr uint8_t is_ahead = 1, is_far_ahead = 2;
  /// A class of no quality.
  static constexpr uint8_t no_class = 15;
  static_assert(pane_length.count() <= UINT16_MAX);
  static_assert(tally_bounds::most_delays < 16 && tally_bounds::most_qualities < no_class);
  static const tally_bounds no_bounds;

  static uint8_t clock_of(const reading& r) {
    return static_cast<uint8_t>((r.is(reading::ahead) ? is_ahead : 0) | (r.is(reading::far_ahead) ? is_far_ahead : 0));
  }
  // The reading itself may have moved the clock.
  static milliseconds step_of(const reading& r, event_time behind) {
    if (r.watermark == never || behind <= r.watermark)
      return milliseconds{0};
    return std::min(behind - r.watermark, split_times::largest_step);
  }
  // Nobody asks for what is above all qualities.
  void count_quality(double quality) {
    if (std::isnan(quality))
      return;
    qualities.add(quality);
    if (const size_t each = bounds->class_of(quality); each < by_quality_.size())
      ++by_quality_[each];
  }

  /// In the pane, ms.
  uint16_t first_, oldest_, newest_;
  std::array<uint16_t, tally_bounds::most_qualities> by_quality_{};
  uint16_t split_;
  /// Since `activity_first`, and as against `first_heard`, ms; and as against `first_position`.
  uint32_t active_ = 0;
  int32_t heard_least_ = 0, heard_most_ = 0;
  uint32_t newest_place_ = 0;
  uint8_t hour_ : 5, clock_ : 2;
  uint8_t stretch_ : 4, first_class_ : 4;
};

} // namespace millwright
