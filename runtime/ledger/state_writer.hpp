#pragma once

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/state_pack.hpp"
#include "runtime/ledger/state_tables.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Writes the states of one commit: packs first, in transactions of a few megabytes each, which nothing names yet;
/// then, in the commit's own, the lists that name them in place of older ones, and what stays in a record of its own.
/// So the memory that LMDB holds for a commit does not grow with the plant, and a commit that fails or is killed has
/// changed nothing. Neighbours of whom many change go into packs; where few do, each has a record.
///
/// One commit's; the environment's only writer. Functions throw lmdb_error and failure(ledger_damaged).
class state_writer {
public:
  /// @param path of the ledger's file, for the words of a failure.
  state_writer(const lmdb_environment& environment, uint64_t commit, const std::string& path);

  /// Writes the packs of what the commit changes, each key once, and forgets. The bytes of `changed` must stay until
  /// `finish`. Outside of a transaction.
  void prepare(state_tables to, const std::vector<state_record>& changed, const std::vector<std::string>& forgotten);
  /// Makes it valid: within the commit's transaction.
  void finish(const lmdb_transaction& txn);

private:
  /// What `finish` does to a store.
  struct plan {
    state_store to;
    /// In `packs`: no longer, and now.
    std::vector<std::pair<std::string, pack_place>> dropped, made;
    /// In `records`, by their stored keys: no longer, and now.
    std::vector<std::string> taken_up;
    std::vector<state_entry> records;
  };
  class store_pass;

  void prepare_store(state_store to, const std::vector<state_entry>& sorted,
                     const std::vector<std::string_view>& forgotten);
  /// The place of a pack that is full, or has no further neighbours.
  pack_place write(const state_pack& pack);
  void end_slice();
  /// Packs that a commit has left that never came to its end.
  void drop_unnamed(const lmdb_transaction& txn) const;

  const lmdb_environment& environment_;
  const uint64_t commit_;
  const std::string& path_;
  std::vector<plan> plans_;
  std::optional<lmdb_transaction> slice_;
  size_t in_slice_ = 0;
  uint32_t ordinal_ = 0;
  bool dropped_unnamed_ = false;
};

} // namespace millwright
