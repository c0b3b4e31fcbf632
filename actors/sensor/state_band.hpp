#pragma once

#include "protocol/binary.hpp"
#include "protocol/detection_settings.hpp"

#include <memory>
#include <vector>

namespace millwright {

/// What the state detector says of a reading.
struct state_verdict {
  /// Nothing can be said yet.
  bool learning = true;
  /// Distance outside the band that is in force, and outside the learned one, in widths; negative inside.
  double d = 0, from_learned = 0;
  /// What was compared: the smoothed value, or its change over the lag where the sensor drifts.
  double v = 0;

  bool in_learned_band() const { return !learning && from_learned <= 0; }
};

/// The state detector of semantics 11: the machine has left its normal band. Heap only while it learns, or for a
/// sensor that drifts (the last 30 smoothed values).
class state_band {
public:
  /// Judges x and learns from it. @param at never goes back.
  state_verdict take(double x, event_time at, const state_settings& settings);
  /// The sensor's clock was set back: so are the times that are kept of it.
  void move_back(milliseconds by) { inside_since_ = inside_since_ == never ? never : inside_since_ - by; }

  bool learned() const { return learned_; }
  bool drifts() const { return drifts_; }
  double lowest() const { return learned_lo_; }
  double highest() const { return learned_hi_; }
  size_t heap_bytes() const;

  void encode(binary_writer& out, event_time origin) const;
  void decode(binary_reader& in, event_time origin);

private:
  /// What only learning needs.
  struct lesson {
    double mean = 0, squares = 0, step_squares = 0, last = 0;
    /// Of the smoothed value, and of its change over the lag.
    double lo[2] = {0, 0}, hi[2] = {0, 0};
    bool any[2] = {false, false};

    void see(int which, double v);
  };

  void learn(double x, const state_settings& settings);
  void conclude(const state_settings& settings);
  state_verdict verdict(double y) const;
  double weight(uint32_t n, const state_settings& settings) const;

  double y_ = 0;
  double learned_lo_ = 0, learned_hi_ = 0, lo_ = 0, hi_ = 0, width_ = 1;
  event_time inside_since_ = never;
  std::unique_ptr<lesson> lesson_;
  /// The last `lag` smoothed values, the oldest at ring_at_ once full.
  std::unique_ptr<double[]> ring_;
  uint32_t n_ = 0;
  uint16_t ring_size_ = 0, ring_at_ = 0, ring_filled_ = 0;
  bool learned_ = false, drifts_ = false;
};

} // namespace millwright
