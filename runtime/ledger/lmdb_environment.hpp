#pragma once

#include "runtime/ledger/ledger_tables.hpp"
#include "runtime/ledger/record_format.hpp"

#include <lmdb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What LMDB or the system answered, and to what. Never leaves the ledger: see `as_failure`.
struct lmdb_error {
  int code;
  const char* doing;
};

/// Throws lmdb_error unless `code` is MDB_SUCCESS.
inline void lmdb_check(int code, const char* doing) {
  if (code != MDB_SUCCESS)
    throw lmdb_error{code, doing};
}

/// Throws the failure that a person understands: damage as ledger_damaged, everything else (ENOSPC, EIO, MDB_MAP_FULL)
/// as ledger_unwritable.
[[noreturn]] void throw_as_failure(const lmdb_error& error, const std::string& path, uint64_t map_bytes);

inline MDB_val as_value(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

inline std::string_view as_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// An open environment with the ledger's tables. Never MDB_WRITEMAP (a full disk would be SIGBUS), never without
/// syncing. Functions throw lmdb_error.
class lmdb_environment {
public:
  /// Makes the tables and the format's record where there are none.
  lmdb_environment(const std::string& directory, uint64_t map_bytes);
  lmdb_environment(const lmdb_environment&) = delete;
  lmdb_environment& operator=(const lmdb_environment&) = delete;
  ~lmdb_environment();

  MDB_env* get() const { return env_; }
  /// Those that the process knew of when it was opened; one that it learned of later is not there.
  size_t tables() const { return tables_.size(); }
  bool has(ledger_table table) const { return static_cast<size_t>(table) < tables_.size(); }
  MDB_dbi table(ledger_table table) const { return tables_[static_cast<size_t>(table)]; }

private:
  void open_tables(const std::string& directory);

  MDB_env* env_ = nullptr;
  std::vector<MDB_dbi> tables_;
};

/// A transaction that is given up unless committed. A reading one may live on any one thread at a time.
class lmdb_transaction {
public:
  /// `preparing`: writing what nothing refers to yet. Whole after a crash, but a crash of the machine may lose it
  /// until a writing one is committed behind it.
  enum class kind { reading, writing, preparing };

  lmdb_transaction(const lmdb_environment& environment, kind what);
  lmdb_transaction(const lmdb_transaction&) = delete;
  lmdb_transaction& operator=(const lmdb_transaction&) = delete;
  ~lmdb_transaction();

  void commit();
  size_t records_in(ledger_table table) const;
  MDB_txn* get() const { return txn_; }
  const lmdb_environment& environment() const { return environment_; }

private:
  const lmdb_environment& environment_;
  const kind kind_;
  MDB_txn* txn_ = nullptr;
};

/// A cursor on one table, not longer alive than its transaction, and of no use once that is committed.
class lmdb_cursor {
public:
  lmdb_cursor(const lmdb_transaction& transaction, ledger_table table);
  lmdb_cursor(const lmdb_cursor&) = delete;
  lmdb_cursor& operator=(const lmdb_cursor&) = delete;
  ~lmdb_cursor();

  /// False when there is no such record.
  bool move(MDB_cursor_op where);
  /// To the record of exactly this key (MDB_SET_KEY), or the first that is not before it (MDB_SET_RANGE).
  bool seek(std::string_view stored_key, MDB_cursor_op where = MDB_SET_KEY);
  /// Puts the record for `key`; false, with MDB_NOOVERWRITE, when there was one.
  bool put(std::string_view key, std::string_view payload, unsigned flags = 0);
  /// Key and value as another record has them.
  void put_as_stored(std::string_view key, std::string_view value, unsigned flags = 0);
  void remove();

  ledger_table table() const { return table_; }
  /// As stored; of the record that the cursor is on.
  std::string_view key() const { return as_view(key_); }
  std::string_view value() const { return as_view(value_); }

private:
  const lmdb_transaction& transaction_;
  MDB_cursor* cursor_ = nullptr;
  ledger_table table_;
  MDB_val key_{}, value_{};
  std::string room_;
};

} // namespace millwright
