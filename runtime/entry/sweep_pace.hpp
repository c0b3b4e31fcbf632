#pragma once

#include "protocol/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace millwright {

/// None is told of time twice within this much of it.
inline constexpr milliseconds sweep_step{10'000};

/// The same for recorded readings, where nobody waits to hear of a silence: what a sensor tells does not depend on when
/// it is told of time, and one that sends once a minute was told five times between two readings.
inline constexpr milliseconds sweep_step_of_replay{300'000};

/// When a pass over the quiet sensors begins: once any split has moved on by so much since the last one. Each split by
/// its own clock: one that is far ahead, or silent, does not keep the others' sensors from being told of time. Pure.
class sweep_pace {
public:
  explicit sweep_pace(milliseconds step) : step_{step} {}

  /// @param activity the split's activity clock.
  bool moved(size_t split, milliseconds activity) const {
    if (split >= begun_.size() || !begun_[split])
      return true;
    const auto since = activity - *begun_[split];
    return since >= step_ || since < milliseconds{0};
  }

  /// A pass begins with this clock of the split.
  void begun(size_t split, milliseconds activity) {
    if (split >= begun_.size())
      begun_.resize(split + 1);
    begun_[split] = activity;
  }

private:
  milliseconds step_;
  std::vector<std::optional<milliseconds>> begun_;
};

} // namespace millwright
