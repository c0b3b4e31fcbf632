#pragma once

#include <atomic>
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
  std::atomic<bool> source_reachable{true}, ledger_failing{false}, finished{false};
};

} // namespace millwright
