#pragma once

#include "actors/kit/seldom.hpp"
#include "protocol/binary.hpp"
#include "protocol/detection_settings.hpp"
#include "protocol/reading.hpp"

namespace millwright {

/// A sensor's own order and time (semantics 4). A reading is in order unless it is older than the newest that the
/// sensor ever sent. Between readings its time goes on with the activity clock of its split, so that what waits ends
/// though the sensor says nothing, but not while the whole split is silent. Whoever's clock is set back is followed.
class own_clock {
public:
  bool started() const { return newest_ != never; }
  event_time newest() const { return newest_; }
  bool in_order(event_time at) const { return at >= newest_; }

  /// What it shows when the activity clock of `split` stands at `activity`.
  event_time now(uint16_t split, milliseconds activity) const { return heard_ + silent(split, activity); }

  /// What it showed at the last reading, in order or not.
  event_time heard() const { return heard_; }
  /// How long nothing has come since, on the activity clock. The clock of another split than the last reading's says
  /// nothing of it.
  milliseconds silent(uint16_t split, milliseconds activity) const {
    const bool same = split == split_ || split_ == any_split;
    return same && activity > active_at_ ? activity - active_at_ : milliseconds{0};
  }

  /// What the activity clock has advanced between the newest in order and this reading, which is in order; as long as
  /// can be where they are of two splits, whose clocks say nothing of each other.
  milliseconds lived(const reading& r) const;

  /// Takes an accepted reading in. Gives how far the sensor's clock turned out to have been set back, else 0: then
  /// every time that is kept of the sensor moves back by that, as this clock has.
  milliseconds take(const reading& r, const set_back_settings& settings);

  void encode(binary_writer& out) const;
  void decode(binary_reader& in);
  /// What versions stored that had no order: newest time and activity clock.
  void decode_first(binary_reader& in);

private:
  static constexpr uint16_t any_split = 0xffff;

  milliseconds note_disorder(const reading& r, const set_back_settings& settings, bool other_split);

  /// Of the readings out of order since one was in order: the first one's time, and the split's when it came.
  struct disorder {
    event_time first = never, first_watermark = never;
  };

  event_time newest_ = never, heard_ = never;
  milliseconds active_at_{0};
  /// Means something while `out_of_order_` is not 0. Most sensors never send out of order.
  seldom<disorder> disorder_;
  uint16_t split_ = any_split;
  uint8_t out_of_order_ = 0;
};

} // namespace millwright
