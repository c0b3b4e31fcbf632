#pragma once

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/lmdb_environment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// Writes a commit's sensors, sorted by key, into the tables `sensors` and `changes`; nothing else of the transaction
/// may have written to these. Throws lmdb_error.
void write_sensors(const lmdb_transaction& txn, uint64_t number, const std::vector<sensor_record>& sorted);

/// Removes sensors from both tables; one that is not there is none.
void remove_sensors(const lmdb_transaction& txn, const std::vector<std::string>& keys);

} // namespace millwright
