#pragma once

#include "actors/kit/seldom.hpp"
#include "actors/sensor/state_features.hpp"
#include "protocol/reading.hpp"

#include <limits>

namespace millwright {

/// How far a feature is outside of its band.
struct state_departure {
  /// d / g: 1 is the margin. 0 inside.
  double s = 0;
  state_feature which{};
  /// The feature's value, its band, and how far outside of it, in widths.
  double v = absent, lo = absent, hi = absent, d = 0;
  /// How often the band was tried out from one end to the other.
  uint32_t turns = 0;
};

/// A feature beside its band, in it or not.
struct state_standing {
  state_feature which{};
  double v = absent, lo = absent, hi = absent;
  /// So far outside of the band it is shown, in the feature's own figures.
  double margin = absent;
  uint32_t turns = 0;
};

/// The normal range of each feature, how often it was tried out, and what it saw since the last renewal (semantics 11,
/// state: Band, Renewal, Margin). Figures only; when to learn and to renew is the owner's. On the heap is only what
/// came far outside once, which most sensors never do.
class state_bands {
public:
  /// Extremes begin anew, at the next `learn` or `see`.
  void begin_day();
  /// A reading that teaches the first bands.
  void learn(const state_figures& v) { take(v, low_, high_); }
  /// What was learned is the band. @param step, level the features' as of the reading.
  void conclude(double step, double level);
  /// A day is over: the bands take its extremes in, and forget a little of what lies beyond them. @param learning true:
  /// every extreme counts; false: one far outside only when it comes a second time.
  void renew(bool learning, double step, double level, const state_settings& settings);
  /// A reading against bands in force.
  void see(const state_figures& v) {
    if (moves(v)) [[unlikely]]
      take(v, lo_, hi_);
  }
  /// Nothing is outside of its band: `judge` would say so as well.
  bool holds(const state_figures& v) const {
    for (size_t i = 0; i < state_feature_count; ++i)
      if (!(v[i] <= hi_[i] && v[i] >= lo_[i]))
        return false;
    return true;
  }

  /// The feature that is furthest outside, by its margin.
  state_departure judge(const state_figures& v, const state_settings& settings) const;
  /// The level alone, against [lo, hi], which gives way on the first day.
  state_departure judge_level(double level, double lo, double hi, const state_settings& settings) const;

  /// The band of a feature, with nothing in it yet. Where one is learned.
  state_standing band(size_t i, const state_settings& settings) const {
    return {static_cast<state_feature>(i), absent, lo_[i], hi_[i], margin(i, settings) * width_[i], turns_[i]};
  }
  /// Of the level on the first day, where [lo, hi] gives way.
  state_standing level_band(double lo, double hi, const state_settings& settings) const {
    return {state_feature::level, absent, lo, hi, margin(0, settings) * std::max(hi - lo, width_[0]), turns_[0]};
  }

  /// Of the level: the width of its band; before there is one, of what was seen.
  double level_width() const { return learned_ ? hi_[0] - lo_[0] : any() ? high_[0] - low_[0] : 0; }
  double level_lo() const { return lo_[0]; }
  double level_hi() const { return hi_[0]; }
  double trend_lo() const { return lo_[1]; }
  double trend_hi() const { return hi_[1]; }
  /// w of the level: that width, or what a band has at least.
  double level_scale() const { return width_[0]; }
  bool learned() const { return learned_; }
  /// Something was seen since the day began.
  bool any() const { return high_[0] >= low_[0]; }

  /// What encode() wrote is kept somewhere: encode_changes() leaves out what is as it was.
  void kept() { touched_ = 0; }
  void encode(binary_writer& out) const { encode(out, everything); }
  void encode_changes(binary_writer& out) const { encode(out, touched_); }
  /// Of changes: onto what the whole state was.
  void decode(binary_reader& in, bool changes);

private:
  // A bit for each feature's extremes, and one for everything that a renewal sets.
  static constexpr uint8_t renewed = 1 << state_feature_count, everything = renewed | (renewed - 1);

  /// Whether a reading against the bands in force changes an extreme or a side: seldom, and found without a branch.
  bool moves(const state_figures& v) const {
    unsigned beyond = 0, sides = 0;
    for (size_t i = 0; i < state_feature_count; ++i) {
      const double from = v[i] - lo_[i], width = hi_[i] - lo_[i];
      beyond |= unsigned{v[i] < low_[i]} | unsigned{v[i] > high_[i]};
      sides |= (unsigned{from > upper_third * width} * upper | unsigned{from < lower_third * width} * lower) << 2 * i;
    }
    return (beyond | (sides & ~unsigned{sides_})) != 0;
  }
  void take(const state_figures& v, const state_figures& lo, const state_figures& hi);
  static constexpr uint8_t upper = 1, lower = 2;
  static constexpr double upper_third = 0.6667, lower_third = 0.3333;

  void widen(size_t i, double v);
  void turn(size_t i, double v, double lo, double hi);
  void set_width(size_t i, double step, double level);
  double margin(size_t i, const state_settings& settings) const {
    return settings.margin + settings.margin_turns / std::max<double>(turns_[i], 0.5);
  }
  void encode(binary_writer& out, uint8_t what) const;

  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr state_figures all(double x) { return {x, x, x, x}; }

  // Extremes that have not come a second time: NaN if none.
  struct far_extremes {
    state_figures low = all(absent), high = all(absent);
  };

  // Read at each reading.
  state_figures lo_{}, hi_{}, low_ = all(infinity), high_ = all(-infinity);
  std::array<uint32_t, state_feature_count> turns_{};
  // Two bits a feature: it is in the upper, the lower third, or has been in neither.
  uint8_t sides_ = 0;
  uint8_t touched_ = everything;
  bool learned_ = false;
  // Read when something is outside, and at a renewal.
  state_figures width_{};
  seldom<far_extremes> far_;
};

} // namespace millwright
