#pragma once

#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <string>

namespace millwright {

/// The record that the cursor is on. Throws failure(ledger_damaged) or (ledger_version) with its name; `path` is the
/// ledger's file.
record_view checked_record(const lmdb_cursor& at, const std::string& path);

} // namespace millwright
