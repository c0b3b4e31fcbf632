#pragma once

#include "protocol/time.hpp"
#include "runtime/ledger/ledger_totals.hpp"
#include "runtime/ledger/lmdb_environment.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace millwright {

struct result_limits {
  /// Since a block was committed, by the wall clock.
  milliseconds age;
  uint64_t bytes;
};

/// Removes results that are too old, then the oldest until the rest fits; at most `most_blocks`, so that a commit's
/// work is bounded. A damaged block in front stays, and its name is added to `damaged`: what nothing depends on must
/// not keep states from being committed. Throws lmdb_error.
void retire_results(const lmdb_transaction& transaction, ledger_totals& totals, const result_limits& limits,
                    event_time now, size_t most_blocks, std::set<std::string>& damaged);

} // namespace millwright
