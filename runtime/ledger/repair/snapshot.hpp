#pragma once

#include "runtime/ledger/repair/store_kind.hpp"

#include <optional>
#include <set>
#include <utility>

namespace millwright {

/// What one of the two meta pages of an LMDB file leads to.
struct snapshot {
  uint64_t transaction = 0;
  store_records records;
  /// What is wrong: a page, or a record by name.
  std::vector<std::string> damage;
  /// (table, key as stored) of records that are there, but not whole.
  std::set<std::pair<size_t, std::string>> damaged;
  /// By table: records that were written and of which not even the name was found.
  std::vector<uint64_t> missing;
  /// By table: the keys between which they were ("behind A and before B"), in words.
  std::vector<std::vector<std::string>> ranges;
  /// By table: the same as keys, the second of them not included; none: there is no such end.
  using key_range = std::pair<std::optional<std::string>, std::optional<std::string>>;
  std::vector<std::vector<key_range>> gaps;
  /// The list of tables cannot be read: nobody knows how much is missing.
  bool tables_unknown = false;
  /// Name of a whole record that a newer program wrote.
  std::optional<std::string> newer;

  bool whole() const { return damage.empty(); }
  /// Everything that was written has been found, be the structure damaged or not.
  bool complete() const;
  /// A record of that key, as stored, may have been written, and is not in `records`.
  bool may_lack(size_t table, std::string_view key) const;
};

struct snapshots {
  /// Newest first; at most two. The views in them are into the file.
  std::vector<snapshot> all;
  /// What is wrong with the meta pages themselves.
  std::vector<std::string> damage;
};

/// Reads all that is sound in an LMDB data file, whatever is wrong with the rest; nothing in it is trusted. A record is
/// taken only where it is certain that its page belongs to the snapshot: LMDB leaves old copies of pages behind, whole
/// but stale. That is so when the tree leads there, or when the page is in no tree and not free either, and pages are
/// missing from the trees in just that number. `unreadable` tells pages that the disk does not give.
snapshots read_snapshots(std::string_view file, const store_kind& kind, const std::set<uint64_t>& unreadable);

} // namespace millwright
