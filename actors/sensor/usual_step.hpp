#pragma once

#include "protocol/binary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace millwright {

/// How far a sensor usually moves from one reading to the next (s of semantics 11): the mean of its steps, those of no
/// length left out, the last hundred or so counting most. Without heap.
class usual_step {
public:
  /// Moves before a step is usual.
  static constexpr uint32_t known_after = 20;

  /// 0 before it is known.
  double usual() const { return moves_ < known_after ? 0 : step_; }

  /// What the next step counts at most, so that one glitch does not make leaps usual: some usual steps, or the width of
  /// the band that the sensor keeps to (0 where none is known). No bound before the usual step is known.
  double most(double width) const {
    return moves_ < known_after ? std::numeric_limits<double>::infinity() : std::max(clip * step_, width);
  }

  /// Takes the next value in. @param most what `most` gave.
  void take(double x, double most) {
    const double step = std::min(std::abs(x - last_), most);
    last_ = x;
    // NaN at the first value.
    if (!(step > 0))
      return;
    if (moves_ < settled_after)
      ++moves_;
    step_ += (moves_ < settled_after ? 1.0 / moves_ : least_weight) * (step - step_);
  }

  /// The value taken last; NaN if none.
  double last() const { return last_; }

  /// @param last what the decoder will know as `last`; then it is not stored.
  void encode(binary_writer& out, double last) const {
    const bool same = last_ == last;
    out.varint(moves_ << 1 | (same ? 1u : 0u));
    if (moves_ > 0)
      out.f64(step_);
    if (!same)
      out.f64(last_);
  }
  void decode(binary_reader& in, double last) {
    *this = {};
    const uint64_t packed = in.varint();
    if (packed >> 1 > settled_after)
      in.fail();
    moves_ = static_cast<uint32_t>(packed >> 1);
    if (moves_ > 0)
      step_ = in.f64();
    last_ = packed & 1 ? last : in.f64();
  }

private:
  static constexpr double clip = 7, least_weight = 0.01;
  // From here on the weight is constant.
  static constexpr uint32_t settled_after = 100;

  double step_ = 0, last_ = std::numeric_limits<double>::quiet_NaN();
  uint32_t moves_ = 0;
};

} // namespace millwright
