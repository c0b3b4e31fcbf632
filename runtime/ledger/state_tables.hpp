#pragma once

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/lmdb_environment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// Whole states, and what has changed since; see record_format.hpp.
struct state_tables {
  ledger_table whole, changes;
};

inline constexpr state_tables sensor_tables{ledger_table::sensors, ledger_table::changes};
inline constexpr state_tables actor_tables{ledger_table::actors, ledger_table::actor_changes};

/// Removes what commit `number` forgets (one that is not there is none) and writes what it changes, each key once;
/// nothing else of the transaction may have written to these tables. Throws lmdb_error.
void write_states(const lmdb_transaction& txn, state_tables to, uint64_t number,
                  const std::vector<state_record>& changed, const std::vector<std::string>& forgotten);

} // namespace millwright
