#pragma once

#include "runtime/ledger/repair/store_report.hpp"

#include <string>

namespace millwright {

/// The directories of a node's two stores.
struct store_places {
  std::string ledger, journal;
};

/// Where a backup in `directory` has them.
store_places places_in_backup(const std::string& directory);

struct store_pair_report {
  store_report ledger, journal;
};

/// Copies both stores of a node, running or not, into `directory`, which must be empty or missing: the ledger as of one
/// commit, the journal as of a moment after that. It may so know more than the ledger, never less: what it has ahead is
/// recognised when the node reads it again. The copies are compact, synced and checked; `directory` is there whole or
/// not at all. The node goes on meanwhile; its files may grow for as long. Needs to write the nodes' lock.mdb. Call it
/// in a process that has none of the stores open and no threads. Throws failure.
store_pair_report back_up(const store_places& from, const std::string& directory);

struct restore_report {
  store_pair_report restored;
  /// Where the stores that were there are now; empty where there was none.
  store_places kept;
};

/// Puts the backup in `directory`, which stays, in the place of a stopped node's stores, which are renamed. The backup
/// is checked first. Throws failure; ledger_locked while a node runs.
restore_report restore_backup(const std::string& directory, const store_places& to);

} // namespace millwright
