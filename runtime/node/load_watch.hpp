#pragma once

#include "runtime/settings/settings.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// Figures of a second or so.
struct load_sample {
  /// Readings a second that the source was given, and that were judged.
  double input = 0, judged = 0;
  milliseconds commit{0};
  uint64_t memory = 0;
  double cpu = 0;
  uint64_t backlog = 0;
};

/// Notices that a node is overloaded for long. Pure; times are a steady clock's.
class load_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit load_watch(const load_limits& limits) : limits_{limits} {}

  struct verdict {
    /// "input", "commit", "memory", "cpu": subjects of `performance`.
    std::string subject;
    bool bad = false;
    std::string text;
  };

  /// What has come to be wrong, or is over since the last look. While a backlog shrinks nothing is wrong: the node is
  /// busy catching up, and succeeds.
  std::vector<verdict> look(time_point now, const load_sample& sample);

private:
  static constexpr milliseconds over_after{60'000}, backlog_step{10'000};

  struct measure {
    std::optional<time_point> above, below;
    bool told = false;
  };

  load_limits limits_;
  std::array<measure, 4> measures_;
  std::optional<time_point> backlog_at_;
  uint64_t backlog_ = 0;
  bool shrinks_ = false;
};

} // namespace millwright
