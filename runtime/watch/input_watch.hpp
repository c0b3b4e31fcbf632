#pragma once

#include "runtime/parse/parse_outcome.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Watches the share of rejected readings, minute by minute. Pure.
class input_watch {
public:
  /// Not the wall's: a clock that is set back must not end the watch.
  using time_point = std::chrono::steady_clock::time_point;

  explicit input_watch(double share) : share_{share} {}

  void accepted() { ++accepted_; }
  void rejected(rejection reason, std::string_view payload);

  /// What the minute that just ended says; none while it lasts, or when nothing came.
  struct verdict {
    bool bad = false;
    /// "1,204 of 50,000 readings rejected, most (900) as missing-field, for example {...}"
    std::string text;
  };
  std::optional<verdict> look(time_point now);

private:
  double share_;
  std::optional<time_point> minute_;
  uint64_t accepted_ = 0;
  std::array<uint64_t, rejection_count> rejected_{};
  /// One payload a reason.
  std::array<std::string, rejection_count> samples_;
};

} // namespace millwright
