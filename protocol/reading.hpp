#pragma once

#include "protocol/criticality.hpp"
#include "protocol/ids.hpp"
#include "protocol/sensor_type.hpp"
#include "protocol/shared_text.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

inline constexpr double absent = std::numeric_limits<double>::quiet_NaN();

/// What the metadata says of a facility.
struct facility_info {
  facility_id id;
  bool known = false;
  std::string name;
  std::string location;
  /// IANA name; "UTC" where none is given.
  std::string timezone = "UTC";
  std::string production_line;
};

/// Limits in the primary measure's unit; NaN where there is none.
struct alert_thresholds {
  double low_low = absent, low = absent, high = absent, high_high = absent;
  /// Largest change a second.
  double rate = absent;
};

/// Something above a sensor that its readings count in: a number of the node's, and that of its kind.
struct gathering_target {
  uint32_t index = 0;
  uint16_t type = 0;

  friend bool operator==(const gathering_target&, const gathering_target&) = default;
};

/// A few of them, which do not change: there is a list a sensor.
class gathering_targets {
public:
  gathering_targets() = default;
  /// Throws std::length_error above 65,535 of them.
  gathering_targets(std::span<const gathering_target> from)
      : all_{from.empty() ? nullptr : std::make_unique<gathering_target[]>(from.size())}, count_{static_cast<uint16_t>(
                                                                                              from.size())} {
    if (from.size() > UINT16_MAX)
      throw std::length_error{"more targets than a sensor can have"};
    std::copy(from.begin(), from.end(), all_.get());
  }
  gathering_targets(const std::vector<gathering_target>& from) : gathering_targets{std::span{from}} {}
  gathering_targets(const gathering_targets& other) : gathering_targets{std::span{other.begin(), other.size()}} {}
  gathering_targets(gathering_targets&& other) noexcept
      : all_{std::move(other.all_)}, count_{std::exchange(other.count_, uint16_t{0})} {}
  gathering_targets& operator=(gathering_targets other) noexcept {
    std::swap(all_, other.all_);
    std::swap(count_, other.count_);
    return *this;
  }

  const gathering_target* begin() const { return all_.get(); }
  const gathering_target* end() const { return begin() + count_; }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }

private:
  std::unique_ptr<gathering_target[]> all_;
  uint16_t count_ = 0;
};

/// What a reading is joined with: one object a sensor, immutable; a change of metadata makes a new one. What many
/// sensors have in common is shared.
struct sensor_context {
  sensor_key key;
  std::shared_ptr<const facility_info> facility;
  equipment_id equipment;
  /// Empty: the metadata names none.
  shared_text unit;
  /// When its rules hold, an `operating_mode`'s text; empty: always.
  shared_text when;
  shared_text calibration_date;
  alert_thresholds thresholds;
  /// Set by whoever hosts what stands above the sensors. What stands behind it lies in its last bytes.
  [[no_unique_address]] gathering_targets targets = {};
  criticality how_critical = criticality::unknown;
  /// What it sends may decide when other sensors' rules hold.
  bool decides = false;
  /// The sensor's index in the node's table, as long as the node runs.
  uint32_t slot = 0;
};
static_assert(sizeof(sensor_context) <= 192, "there is one a sensor: an allocator has room of that size");

/// A validated reading, stamped by its split (semantics 3), as it is judged. Until the barrier behind it is committed
/// it is kept as a `logged_reading`.
struct reading {
  enum flag : uint8_t {
    /// More than 24 h beyond its arrival or its split's bound: in no window.
    far_ahead = 1,
    /// Counted, when the reading turns out to be accepted.
    unknown_type = 2,
    quality_out_of_range = 4,
    /// Its clock is ahead: on time, but it moves neither its split's time nor its sensor's newest for repeats.
    ahead = 8,
    /// Read at its split's end: nothing had waited behind it, so that a late stamp is a slow clock and no backlog.
    at_end = 16,
    /// Of a replayed file: nothing but the readings themselves says how far one is ahead, and its repeats are known.
    replayed = 32,
    /// In a mode of its machine in which the rules that its context's `when` names neither raise nor learn.
    not_judged = 64,
  };

  event_time time;
  /// The primary measure.
  double value = 0;
  /// 0..1; NaN where absent.
  double quality = absent;
  /// The split's largest event time before this reading; `never` before the first. Lateness is against this.
  event_time watermark = never;
  /// The smallest such time over the splits that feed this sensor; windows close by this.
  event_time closing = never;
  /// The split's activity clock before this reading.
  milliseconds activity{0};
  /// Smallest time from which on its split, once silent, counts in what several splits feed; `never` as a rule.
  event_time awake_from = never;
  /// Offset, line number or tick in the split.
  uint64_t position = 0;
  const sensor_context* context = nullptr;
  uint32_t barrier = 0;
  sensor_type_index type = 0;
  uint16_t split = 0;
  /// In the facility's zone: hour of the day, 0..23, and day of the week, 1 = Sunday .. 7.
  uint8_t hour : 5 = 0;
  uint8_t day : 3 = 1;
  uint8_t flags = 0;
  /// Set by the sensor's model: it is not among the accepted ones, but a repeat.
  mutable bool dropped = false;

  bool has_quality() const { return !std::isnan(quality); }
  bool is(flag which) const { return (flags & which) != 0; }
};

struct reading_chunk;

/// Messages to a sensor actor. They stay within the node's process and are sent by one thread, so their order is that
/// of the log.

/// Readings of one sensor, in order, each knowing the next: one when readings come as they arise, more when a backlog
/// is caught up with.
struct reading_run {
  /// Where the first lies: see `reading_place`.
  const reading_chunk* chunk = nullptr;
  uint32_t index = 0;
  uint32_t count = 0;
  /// When the node took them; steady clock.
  int64_t taken_ns = 0;
};

/// Event time moved on without a reading of this sensor: close windows, notice silence.
struct sensor_tick {
  event_time closing = never;
  milliseconds activity{0};
  const sensor_context* context = nullptr;
  uint32_t barrier = 0;
  uint16_t split = 0;
  /// The end of a replay: every open window closes.
  bool last = false;
  /// Of the split's newest reading.
  uint64_t position = 0;
  /// The split was read to its end: what it decides is no old news.
  bool at_end = false;
  /// Whether the rules that the context's `when` names judge from here on; `as_before` where nobody knows better.
  enum class judging : uint8_t { as_before, judged, not_judged } mode = judging::as_before;
  /// A person has the sensor learn anew what is normal, once that has been done.
  bool learns_anew = false;
};

/// Barrier `barrier` has passed: answer with the state behind it, unless a later reading has made you do so.
struct barrier_passed {
  uint32_t barrier = 0;
};

} // namespace millwright
