#pragma once

#include "actors/kit/split_times.hpp"
#include "protocol/binary.hpp"
#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <map>
#include <optional>
#include <vector>

namespace millwright {

/// Decides about time for one split, in its own order (semantics 3): watermark and activity clock.
///
/// A sensor's clock that runs ahead must not make everybody else late. So a reading moves the split's time only when
/// it is plausible: by its arrival, else by the split's bound, or, in a replayed file, which has neither, by nine
/// others in a row that say the same.
class split_clock {
public:
  struct stamp {
    /// Largest event time before this reading; `never` for the first.
    event_time watermark;
    /// Activity clock before this reading.
    milliseconds activity;
    /// Moves neither the split's time nor its sensor's newest time.
    bool ahead = false;
    /// In no window: more than a day beyond arrival or bound.
    bool far_ahead = false;
  };

  /// Takes an accepted reading of a live split.
  /// @param limit what it may not be beyond: its arrival and `arrival_tolerance`, else the bound at its position.
  /// @param far_limit arrival or bound, and `far`.
  stamp take_live(event_time time, event_time limit, event_time far_limit);

  /// Takes an accepted reading of a replayed file. `sensor` tells readings of one sensor from another's; it is looked
  /// at only when the reading is ahead of the split's time, to know a repeat (which moves nothing) from news.
  stamp take_replayed(const sensor_key& sensor, event_time time);

  /// The largest event time that counts; `never` before the first reading.
  event_time watermark() const { return watermark_; }
  /// Where its time leapt: since the last `forget_leaps`, and in the quarter of an hour of activity before.
  const std::vector<split_times::leap>& leaps() const { return leaps_; }
  /// Everybody has been told of them.
  void forget_leaps() {
    std::erase_if(leaps_, [&](const auto& each) { return each.activity + leaps_kept < activity_; });
  }
  milliseconds activity() const { return activity_; }

  void encode(binary_writer& out) const;
  /// The leaps apart: the first stored forms had none.
  void encode_leaps(binary_writer& out) const;
  bool decode_leaps(binary_reader& in);
  /// False when `in` is damaged; then the clock is as new.
  bool decode(binary_reader& in);

  static constexpr milliseconds arrival_tolerance{10'000};
  static constexpr milliseconds far{24 * 3'600'000};
  static constexpr milliseconds largest_step = split_times::largest_step;
  /// Of activity: leaps before it are forgotten.
  static constexpr milliseconds leaps_kept{900'000};
  static constexpr milliseconds repeat_horizon{60'000};
  static constexpr size_t in_a_row = 10;

private:
  /// What one sensor sent ahead of the split's time.
  struct ahead {
    event_time newest = never;
    std::vector<event_time> times;
  };

  bool repeats(const sensor_key& sensor, event_time time) const;
  void remember(const sensor_key& sensor, event_time time, bool far_ahead);
  void move_to(event_time time);

  event_time watermark_ = never;
  milliseconds activity_{0};
  std::vector<split_times::leap> leaps_;
  /// Event times of the far-ahead readings in a row, at most nine.
  std::vector<event_time> row_;
  std::map<sensor_key, ahead> ahead_;
};

} // namespace millwright
