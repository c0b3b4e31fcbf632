#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace millwright {

/// Watches for sensors that are not taken on since there are as many as may be. Pure.
class refusal_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param most so many may be in memory.
  explicit refusal_watch(uint32_t most) : most_{most} {}

  /// A reading of such a sensor came. @param hash of its names.
  void refused(uint64_t hash, std::string_view facility, std::string_view sensor) {
    refused_ = true;
    if (sensors_.empty())
      example_ = fmt::format("{}/{}", facility, sensor);
    if (sensors_.size() < most_counted)
      sensors_.insert(hash);
  }

  struct verdict {
    bool bad = false;
    /// How many, one of them, and what to do.
    std::string text;
  };
  /// At least every some seconds; `accepted` readings so far. Bad as soon as a sensor was refused, over once readings
  /// have come for `calm` and none of them was; none while that is open.
  std::optional<verdict> look(time_point now, uint64_t accepted) {
    if (std::exchange(refused_, false)) {
      last_ = now;
      accepted_then_ = accepted;
      return verdict{true, text()};
    }
    if (sensors_.empty() || now - last_ < calm || accepted == accepted_then_)
      return std::nullopt;
    sensors_.clear();
    return verdict{false, "every sensor is taken on again"};
  }

  static constexpr std::chrono::minutes calm{10};
  static constexpr size_t most_counted = 10'000;

private:
  std::string text() const {
    return fmt::format("{}{} {} not taken on, for example {}: {} are in memory, which is sensors.max. What others send "
                       "goes to the dead letters, and nobody watches it. Raise sensors.max, or have ids forgotten that "
                       "are none (millwright sensors forget)",
                       sensors_.size() == most_counted ? "over " : "", sensors_.size(),
                       sensors_.size() == 1 ? "sensor is" : "sensors are", example_, most_);
  }

  uint32_t most_;
  std::unordered_set<uint64_t> sensors_;
  std::string example_;
  bool refused_ = false;
  time_point last_{};
  uint64_t accepted_then_ = 0;
};

} // namespace millwright
