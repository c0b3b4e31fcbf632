#pragma once

#include "protocol/binary.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstdint>

namespace millwright {

/// How often a sensor usually reports: the median of its last 15 intervals, and the second largest, which tells a
/// sensor that reports irregularly from one that was late once. 72 bytes; both are found when asked for, not at each
/// reading.
class interval_habit {
public:
  static constexpr uint32_t kept = 15;

  /// Intervals of no length are none (two readings at one time).
  void add(milliseconds interval) {
    if (interval.count() <= 0)
      return;
    const auto ms = static_cast<uint32_t>(interval.count() < 0xffffffff ? interval.count() : 0xffffffff);
    if (count_ < kept) {
      last_[count_++] = ms;
      known_ = false;
      return;
    }
    known_ = known_ && last_[oldest_] == ms;
    last_[oldest_] = ms;
    oldest_ = static_cast<uint8_t>(oldest_ + 1 == kept ? 0 : oldest_ + 1);
  }

  uint32_t count() const { return count_; }

  /// Zero before the first interval.
  milliseconds usual() const {
    if (!known_)
      find();
    return milliseconds{usual_};
  }

  /// Zero before the second interval.
  milliseconds second_largest() const {
    if (!known_)
      find();
    return milliseconds{second_largest_};
  }

  void encode(binary_writer& out) const;
  void decode(binary_reader& in);

private:
  void find() const;

  uint8_t count_ = 0, oldest_ = 0;
  mutable bool known_ = false;
  mutable uint32_t usual_ = 0, second_largest_ = 0;
  std::array<uint32_t, kept> last_{};
};

} // namespace millwright
