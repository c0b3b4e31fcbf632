#pragma once

#include "runtime/ledger/checked_record.hpp"
#include "runtime/ledger/state_pack.hpp"
#include "runtime/ledger/state_tables.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// The state in the record that the cursor is on. Throws failure(ledger_damaged) or (ledger_version) with its name.
state_entry state_of_record(const lmdb_cursor& at, const std::string& path);

/// Throws failure(ledger_damaged) unless all that was read of the pack so far could be read.
void require_sound(const state_pack_reader& pack, const std::string& path);

/// The packs of a list of them, in one transaction. Throws lmdb_error, and failure(ledger_damaged) with `path`.
class pack_cursor {
public:
  pack_cursor(const lmdb_transaction& txn, ledger_table list, const std::string& path);

  /// To the pack that `key` is in if it is in one: the last whose first key is not behind it; false when there is none.
  bool seek(std::string_view key);
  /// To the first whose first key is not before `key`.
  bool seek_behind(std::string_view key) { return list_.seek(key, MDB_SET_RANGE); }
  bool seek_first() { return list_.move(MDB_FIRST); }
  bool next() { return list_.move(MDB_NEXT); }

  /// Of the one that it is on. The key of its first state:
  std::string_view first() const { return list_.key(); }
  pack_place place() const;
  /// What a `state_pack_reader` reads.
  std::string_view content();

private:
  lmdb_cursor list_, packs_;
  const std::string& path_;
};

/// All states of a store, one by one in the order of their stored keys, and any one by its key. Views stay valid until
/// the next call.
class state_reader {
public:
  state_reader(const lmdb_transaction& txn, state_store from, const std::string& path);

  std::optional<state_entry> find(std::string_view key);
  /// None at the end.
  std::optional<state_entry> next();

private:
  bool advance_pack();

  const std::string& path_;
  lmdb_cursor records_;
  pack_cursor packs_;
  state_pack_reader pack_{{}};
  std::optional<state_entry> packed_;
  bool more_records_ = false, begun_ = false, more_packs_ = false;
};

} // namespace millwright
