#include "runtime/decisions/decision_pruning.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace millwright {

decision_pruning::decision_pruning(decision_log& log, const std::map<std::string, uint64_t>& positions,
                                   milliseconds every)
    : log_{log}, every_{every}, positions_{positions} {}

void decision_pruning::found(const std::string& split, uint64_t position) {
  std::lock_guard guard{mutex_};
  positions_.try_emplace(split, position);
}

void decision_pruning::committed(const std::vector<std::pair<std::string, uint64_t>>& positions, time_point now) {
  {
    std::lock_guard guard{mutex_};
    for (const auto& [split, position] : positions)
      positions_[split] = position;
  }
  if (now < next_)
    return;
  next_ = now + every_;
  try {
    prune();
  } catch (const failure& problem) {
    spdlog::warn("old decisions stay for now: {}", problem.what());
  }
}

void decision_pruning::prune() {
  std::map<std::string, uint64_t> positions;
  {
    std::lock_guard guard{mutex_};
    positions = positions_;
  }
  uint64_t oldest = std::numeric_limits<uint64_t>::max();
  for (const auto& [split, position] : positions) {
    log_.prune(split, position);
    for (const auto& entry : log_.since(split, position))
      if (entry.what == decision::kind::metadata) {
        uint64_t version = 0;
        std::from_chars(entry.content.data(), entry.content.data() + entry.content.size(), version);
        oldest = std::min(oldest, version);
      }
  }
  if (oldest == std::numeric_limits<uint64_t>::max() || oldest <= oldest_version())
    return;
  oldest_version_.store(oldest, std::memory_order_release);
  // The newest one before the given position is kept: that is the oldest that is needed.
  log_.prune(whole_plant, oldest + 1);
}

} // namespace millwright
