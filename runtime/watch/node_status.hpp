#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace millwright {

/// Figures of a running node, for people: written by its threads as they go, read at any time. Not exact in a sum.
struct node_status {
  std::atomic<uint64_t> taken{0}, taken_bytes{0}, accepted{0}, rejected{0}, blank{0};
  std::atomic<uint64_t> anomalies{0}, transitions{0};
  std::atomic<uint64_t> commits{0}, commit_ms{0}, commit_bytes{0}, committed_readings{0};
  std::atomic<uint64_t> sensors{0}, sensors_refused{0}, restarts{0}, quarantined{0};
  std::atomic<uint64_t> log_bytes{0}, backlog{0};
  std::atomic<int64_t> watermark_ms{0};
  /// Wall clock, ms: of the newest accepted reading and the newest commit; 0 for none.
  std::atomic<int64_t> last_reading_ms{0}, last_commit_ms{0};
  /// The same moments by the steady clock, for whoever judges how long ago they were; its zero for none.
  std::atomic<std::chrono::steady_clock::time_point> last_reading{}, last_commit{};
  /// When the commit under way began, by the steady clock; its zero while there is none.
  std::atomic<std::chrono::steady_clock::time_point> commit_begun{};
  /// Until then the node is well without another accepted reading; its zero before the first.
  std::atomic<std::chrono::steady_clock::time_point> heard_until{};
  std::atomic<bool> source_reachable{true}, ledger_failing{false}, finished{false};
  /// At the end: something that was taken is not in the ledger.
  std::atomic<bool> uncommitted{false};

  void reading_seen(int64_t wall_ms, std::chrono::steady_clock::time_point at) {
    last_reading_ms.store(wall_ms, std::memory_order_relaxed);
    last_reading.store(at, std::memory_order_relaxed);
  }
  void committed(int64_t wall_ms, std::chrono::steady_clock::time_point at) {
    last_commit_ms.store(wall_ms, std::memory_order_relaxed);
    last_commit.store(at, std::memory_order_relaxed);
  }
};

} // namespace millwright
