#pragma once

#include "actors/equipment/unit_stretch.hpp"
#include "actors/kit/split_times.hpp"

#include <optional>
#include <vector>

namespace millwright {

/// Whether a unit is heard of (semantics 6): offline after a silence on the activity clock of every split that feeds
/// it. The same changes at the same times wherever barriers fall: what a split says is taken once the others have come
/// as far.
class unit_presence {
public:
  struct step {
    enum class kind : uint8_t {
      /// The unit's first reading.
      born,
      went_offline,
      came_online,
      /// Another split feeds it too.
      goes_on,
    };

    kind what = kind::born;
    event_time at = never;
    /// What has been read from then on; of `went_offline` nothing.
    unit_stretch stretch;
  };

  /// True when it goes on with what was known: it counts at once. Else it comes back from `next`.
  /// @param stretches of one split must come in its order.
  bool take(const unit_stretch& x, milliseconds pause);
  /// What has happened up to `time`, one after the other, in the order of the splits' time.
  std::optional<step> next(const time_passed& time, milliseconds pause);

  bool known() const { return !feeds_.empty(); }
  bool online() const { return online_; }
  /// Online, or heard since: what has not been counted yet is known to people already.
  bool heard() const { return online_ || !waiting_.empty(); }
  /// Of the last change, or the first reading.
  event_time since() const { return online_ || waiting_.empty() ? since_ : waiting_.front().began; }
  /// Largest time of the splits that feed it, as of the last `next`.
  event_time time() const { return time_; }
  /// Nothing can happen until something is taken.
  bool idle() const { return !online_ && waiting_.empty(); }

  size_t heap_bytes() const;
  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

private:
  struct feed {
    uint16_t split = 0;
    /// The split's activity clock behind the last reading that counts.
    milliseconds last{0};
    /// The split's time when it had been silent for long enough; `never` while it has not.
    event_time ended = never;
  };

  feed* feed_of(uint16_t split);
  /// When the last of the feeds ended; `never` while one has not.
  event_time end(const time_passed& time, milliseconds pause);
  void follow(const unit_stretch& x);

  std::vector<feed> feeds_;
  /// Not yet counted: they begin anew, and another split may still have something to say of a time before. Of each
  /// split in its order.
  std::vector<unit_stretch> waiting_;
  event_time since_ = never, time_ = never;
  bool online_ = false;
};

} // namespace millwright
