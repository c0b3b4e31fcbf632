#pragma once

#include "protocol/quality_scale.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// Watches for qualities that the source's scale does not have: somebody means another scale, and all of them count as
/// absent. Pure.
class quality_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit quality_watch(quality_scale scale) : scale_{scale} {}

  /// A reading came with `quality_score` at `given`.
  void odd(double given);

  struct verdict {
    bool bad = false;
    /// The values seen, and the setting that translates.
    std::string text;
  };
  /// At least every some seconds; `accepted` readings so far. Bad as soon as an odd one was seen, over once readings
  /// have come for `calm` without one; none while that is open.
  std::optional<verdict> look(time_point now, uint64_t accepted);

private:
  static constexpr std::chrono::minutes calm{10};
  static constexpr size_t most_named = 6;

  std::string text() const;

  quality_scale scale_;
  std::vector<double> seen_;
  uint64_t count_ = 0, told_ = 0;
  std::optional<time_point> last_odd_;
  uint64_t accepted_then_ = 0;
};

} // namespace millwright
