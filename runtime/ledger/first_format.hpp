#pragma once

#include "runtime/ledger/lmdb_environment.hpp"

namespace millwright {

/// Tables of a ledger of format version 1; see record_format.hpp.
inline constexpr size_t first_format_tables = ledger_table_count - 1;

/// Rewrites the sensors of a ledger that was made in format version 1, within `txn`. Throws failure(ledger_damaged) on
/// a record that cannot be read.
void upgrade_first_format(const lmdb_transaction& txn, const std::string& path);

} // namespace millwright
