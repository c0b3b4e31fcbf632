#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <vector>

namespace millwright {

/// Which sensors' clocks are off: those whose last ten readings were all ahead, or all far behind their split's time,
/// over a minute of it, at a distance that did not change (semantics 8; a buffer that is flushed comes closer). Pure.
/// Nothing is kept of a sensor whose clock is right; the owner keeps a number with each of the others.
class skew_watch {
public:
  static constexpr milliseconds behind{900'000};
  static constexpr uint32_t in_a_row = 10;
  static constexpr milliseconds span{60'000}, drift{60'000};

  struct sensor {
    uint32_t slot = 0;
    /// Ahead of the split's time; negative behind it.
    milliseconds distance{0};
  };
  struct summary {
    uint32_t ahead = 0, behind = 0;
    /// The farthest first, three at most.
    std::vector<sensor> worst;
  };

  static bool is_behind(event_time time, event_time watermark) {
    return watermark != never && time < watermark - behind;
  }

  /// A reading of sensor `slot` that is ahead, or behind, or of a sensor with a number. @param watermark its split's
  /// time before it. @param number what this gave for the sensor last; 0 for none. Returns its number from now on.
  uint32_t took(uint32_t number, uint32_t slot, uint16_t split, event_time time, event_time watermark, bool ahead);
  /// The sensor is no more.
  void forget(uint32_t number);

  /// Changes with each sensor that joins or leaves.
  uint64_t changes() const { return changes_; }
  summary of(uint16_t split) const;

private:
  enum class side : uint8_t { free, ahead, behind };
  struct row {
    uint32_t slot = 0, count = 0;
    event_time first = never;
    milliseconds nearest{0}, farthest{0}, newest{0};
    uint16_t split = 0;
    side where = side::free;
    bool skewed = false;
  };

  void begin(row& of, side where, event_time watermark, milliseconds distance);

  std::vector<row> rows_;
  std::vector<uint32_t> free_;
  uint64_t changes_ = 0;
};

} // namespace millwright
