#pragma once

#include "protocol/binary.hpp"
#include "protocol/detection_settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace millwright {

/// What the state rule watches of a sensor (semantics 11), in the order in which ties are broken.
enum class state_feature : uint8_t { level, trend, change, spread };

inline constexpr size_t state_feature_count = 4;

inline std::string_view name_of(state_feature which) {
  static constexpr std::array<std::string_view, state_feature_count> names{"level", "trend", "change", "spread"};
  return names[static_cast<size_t>(which)];
}

/// One figure a feature.
using state_figures = std::array<double, state_feature_count>;

/// The four features of a sensor's readings: means of its value over about 10 (level) and 250 readings (trend), how far
/// the level is from its mean over about 50 (change), and its usual step from one reading to the next (spread). A step
/// counts no more than some usual ones, or the width of the level's band, so that one glitch moves none of them far.
/// Without heap.
class state_features {
public:
  /// Moves before a step is usual.
  static constexpr uint32_t known_after = 20;

  /// Takes the next reading in. @param width of the level's band as it was before this reading; 0 where none is known.
  state_figures take(double x, double width, const state_settings& settings) {
    n_ = std::min(n_ + 1, most_counted);
    double away = x - level_, step = n_ > 1 ? std::abs(x - last_) : 0;
    last_ = x;
    if (moves_ >= known_after) {
      const double most = std::max(settings.clip * step_, width);
      step = std::min(step, most);
      away = std::clamp(away, -most, most);
    }
    if (step > 0) {
      moves_ = std::min(moves_ + 1, most_counted);
      step_ += weight(moves_, settings.spread_weight) * (step - step_);
    }
    const double taken = level_ + away;
    level_ += weight(n_, settings.level_weight) * away;
    middle_ += weight(n_, settings.change_weight) * (taken - middle_);
    trend_ += weight(n_, settings.trend_weight) * (taken - trend_);
    return {level_, trend_, level_ - middle_, step_};
  }

  /// The level begins anew, at the reading that comes next; the step to it is none.
  void begin_at(double x) { level_ = middle_ = last_ = x; }
  /// The level stands for enough readings: its change begins at 0.
  void settle() { middle_ = level_; }
  void keep_trend_within(double lo, double hi) { trend_ = std::clamp(trend_, lo, hi); }

  /// Readings taken.
  uint32_t readings() const { return n_; }
  /// As of the newest of them.
  state_figures figures() const { return {level_, trend_, level_ - middle_, step_}; }
  double level() const { return level_; }
  double step() const { return step_; }
  /// The usual step from one reading to the next; 0 before it is known.
  double usual_step() const { return moves_ < known_after ? 0 : step_; }

  /// @param last what the decoder will know as the newest reading; then it is not stored.
  void encode(binary_writer& out, double last) const {
    out.varint(n_);
    out.varint(uint64_t{moves_} << 1 | (last_ == last ? 1u : 0u));
    for (const double x : {level_, middle_, trend_, step_})
      out.f64(x);
    if (!(last_ == last))
      out.f64(last_);
  }
  void decode(binary_reader& in, double last) {
    const uint64_t n = in.varint(), packed = in.varint();
    if (n > most_counted || packed >> 1 > n)
      in.fail();
    n_ = static_cast<uint32_t>(n);
    moves_ = static_cast<uint32_t>(packed >> 1);
    for (double* x : {&level_, &middle_, &trend_, &step_})
      *x = in.f64();
    last_ = packed & 1 ? last : in.f64();
  }

private:
  static constexpr uint32_t most_counted = 1'000'000'000;

  // max(least, 1/n), without the division once it cannot decide.
  static double weight(uint32_t n, double least) { return n * least < 2 ? std::max(least, 1.0 / n) : least; }

  double level_ = 0, middle_ = 0, trend_ = 0, step_ = 0, last_ = 0;
  uint32_t n_ = 0, moves_ = 0;
};

} // namespace millwright
