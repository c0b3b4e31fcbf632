#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

namespace millwright {

/// Delays of some of many events, so that measuring them costs next to nothing: of one in 256, and of the first one
/// after each look. Noted by any thread, looked at by one; about right where both happen at once.
class delay_samples {
public:
  static constexpr uint64_t one_in = 256;

  /// Whether one of `count` events is to be noted, after `before` others.
  bool wanted(uint64_t before, uint64_t count) const {
    return before / one_in != (before + count) / one_in || wanting_.load(std::memory_order_relaxed);
  }

  void note(double ms) {
    if (wanting_.load(std::memory_order_relaxed))
      wanting_.store(false, std::memory_order_relaxed);
    const auto at = noted_.fetch_add(1, std::memory_order_relaxed) % kept;
    delays_[at].store(static_cast<float>(ms), std::memory_order_relaxed);
  }

  /// Milliseconds: the median of what was noted since the last look, of the newest 1024 of it; NaN where nothing was.
  double look() {
    const uint32_t noted = noted_.load(std::memory_order_relaxed);
    const uint32_t count = std::min<uint32_t>(noted - looked_, kept);
    looked_ = noted;
    wanting_.store(true, std::memory_order_relaxed);
    if (count == 0)
      return std::numeric_limits<double>::quiet_NaN();
    std::array<float, kept> values;
    for (uint32_t i = 0; i < count; ++i)
      values[i] = delays_[(noted - 1 - i) % kept].load(std::memory_order_relaxed);
    const auto middle = values.begin() + (count - 1) / 2;
    std::nth_element(values.begin(), middle, values.begin() + count);
    return *middle;
  }

private:
  static constexpr uint32_t kept = 1024;

  // Read at each event: on a line that is seldom written.
  alignas(64) std::atomic<bool> wanting_{true};
  alignas(64) std::atomic<uint32_t> noted_{0};
  std::array<std::atomic<float>, kept> delays_{};
  uint32_t looked_ = 0;
};

} // namespace millwright
