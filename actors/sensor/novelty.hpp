#pragma once

#include "protocol/binary.hpp"
#include "protocol/detection_settings.hpp"

#include <algorithm>
#include <array>

namespace millwright {

/// The values seen so far, and how far a new one lies outside them (semantics 11).
struct envelope {
  double lo = 0, hi = 0;
  /// Values seen; counted no further than it matters.
  uint32_t n = 0;

  /// In widths of the envelope; 0 inside it or before it is warm, 1000 where it has no width.
  double distance(double v, uint32_t warm) const {
    if (n < warm || n == 0 || (v >= lo && v <= hi))
      return 0;
    const double width = hi - lo;
    return width > 0 ? std::max(v - hi, lo - v) / width : 1000;
  }

  void widen(double v, uint32_t warm) {
    if (n == 0)
      lo = hi = v;
    lo = std::min(lo, v);
    hi = std::max(hi, v);
    if (n < warm || n == 0)
      ++n;
  }
};

/// The novelty detector of semantics 11: a point that no one has seen before, against the range of all values and
/// against the habit of the hour. Without heap; the weight of an hour's mean is at least 1/255.
class novelty_detector {
public:
  /// The score s of x (1 is the threshold), and learns it. @param hour 0..23 in the facility's zone.
  double take(double x, uint8_t hour, event_time at, const novelty_settings& settings);

  /// Whether a score is news: at least 1, and above the last peak or long after it; then it is the new peak.
  bool peaks(double s, event_time at, const novelty_settings& settings);

  /// The sensor's clock was set back: so are the times that are kept of it.
  void move_back(milliseconds by) {
    first_ = first_ == never ? never : first_ - by;
    peaked_ = peaked_ == never ? never : peaked_ - by;
  }

  void encode(binary_writer& out, event_time origin) const { encode(out, origin, every_hour); }
  void decode(binary_reader& in, event_time origin) { decode(in, origin, false); }

  /// What encode() wrote (or was read by decode()) is kept somewhere: encode_changes() leaves out the hours that are as
  /// they were.
  void kept() { touched_ = 0; }
  void encode_changes(binary_writer& out, event_time origin) const { encode(out, origin, touched_); }
  void decode_changes(binary_reader& in, event_time origin) { decode(in, origin, true); }

private:
  static constexpr uint32_t every_hour = (1u << 24) - 1;

  void encode(binary_writer& out, event_time origin, uint32_t hours) const;
  void decode(binary_reader& in, event_time origin, bool changes);

  bool seasonal(uint8_t hour, event_time at, const novelty_settings& settings) const {
    return first_ != never && at - first_ >= settings.seasonal_after && seen_[hour] > 0;
  }

  envelope values_, residuals_;
  double residual_ = 0;
  event_time first_ = never;
  uint32_t n_ = 0;
  /// A bit for each hour whose habit has changed since kept().
  uint32_t touched_ = every_hour;
  std::array<uint8_t, 24> seen_{};
  event_time peaked_ = never;
  double peak_ = 0;
  // Of the hours only the one that it is is touched.
  std::array<double, 24> mean_{};
};

} // namespace millwright
