#pragma once

#include <string>

namespace millwright {

class lmdb_journal;
class lmdb_ledger;

/// To be called once both are open, and before anything is read from the journal or written to it: makes sure that they
/// belong together, and marks them where they are new or an older version made them. Throws failure: journal_foreign
/// where they do not, nothing having been written; ledger_unwritable, journal_unwritable where a new pair cannot be
/// marked. A pair that has commits goes on without its mark then, and gets it at a later start: a full disk does not
/// keep a node from its alarms.
/// @param ledger_path, journal_path as people know them, for what they are told.
void keep_paired(lmdb_ledger& ledger, const std::string& ledger_path, lmdb_journal& journal,
                 const std::string& journal_path);

} // namespace millwright
