#pragma once

#include "runtime/decisions/decision_log.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// The log's name for what belongs to no split: the plant's metadata by version number.
inline const std::string whole_plant = "(plant)";

/// Forgets decisions that no recovery needs any more, while the node runs: those behind what is committed, and versions
/// of metadata that no split's place in its log needs. `found` and `oldest_version` from any thread.
class decision_pruning {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param positions what was committed by split, the splits included that the source no longer has: it may have them
  /// again. @param every so often at most.
  decision_pruning(decision_log& log, const std::map<std::string, uint64_t>& positions, milliseconds every);

  /// A split from which readings will come, with the position that it goes on from.
  void found(const std::string& split, uint64_t position);

  /// These are committed. Reads and writes the log when it is time; one that cannot be written is pruned later.
  void committed(const std::vector<std::pair<std::string, uint64_t>>& positions, time_point now);

  /// Versions of metadata with a smaller number are needed by nobody.
  uint64_t oldest_version() const { return oldest_version_.load(std::memory_order_acquire); }

private:
  void prune();

  decision_log& log_;
  milliseconds every_;
  std::mutex mutex_;
  std::map<std::string, uint64_t> positions_;
  std::chrono::steady_clock::time_point next_{};
  std::atomic<uint64_t> oldest_version_{0};
};

} // namespace millwright
