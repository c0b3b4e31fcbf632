#pragma once

#include "runtime/ledger/lmdb_environment.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// Whether a ledger of this format version has the table. Version 1 had no `changes`: a record of `sensors` was the
/// state alone, under facility, '\0', sensor. Neither it nor version 2 had `actors`, `actor-changes` and results of
/// kinds that are declared; version 3 had no packs. A table of a declared kind is there once a program with that kind
/// has opened the ledger.
bool has_table(uint32_t format, ledger_table table);

/// Of the record "format" in `meta`, as stored; 0 when it says none.
uint32_t format_in(std::string_view key, std::string_view value);

/// Brings a ledger whose tables are all there up to the present format, within `txn`; a new one gets its record. Throws
/// failure(ledger_damaged) on a record that cannot be read.
void upgrade_format(const lmdb_transaction& txn, const std::string& path);

} // namespace millwright
