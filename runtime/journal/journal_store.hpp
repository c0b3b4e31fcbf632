#pragma once

#include "runtime/journal/journal_format.hpp"

#include <lmdb.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// LMDB's or the system's answer. Never leaves the journal.
struct journal_error {
  int code;
  const char* doing;

  std::string text() const { return std::string{doing} + ": " + mdb_strerror(code); }
};

/// The open environment. Without MDB_WRITEMAP a full disk is an error and no SIGBUS. Functions throw journal_error.
class journal_store {
public:
  journal_store(const std::string& directory, uint64_t map_bytes);
  journal_store(const journal_store&) = delete;
  journal_store& operator=(const journal_store&) = delete;
  ~journal_store();

  MDB_env* get() const { return env_; }
  MDB_dbi table(journal_table table) const { return tables_[static_cast<size_t>(table)]; }

private:
  MDB_env* env_ = nullptr;
  std::array<MDB_dbi, journal_table_count> tables_{};
};

/// A transaction on sealed records; given up unless committed.
class journal_transaction {
public:
  journal_transaction(const journal_store& store, bool writing);
  journal_transaction(const journal_transaction&) = delete;
  journal_transaction& operator=(const journal_transaction&) = delete;
  ~journal_transaction();

  void put(journal_table table, std::string_view key, std::string_view payload);
  /// None when there is no such record, or a damaged one.
  std::optional<std::string_view> find(journal_table table, std::string_view key) const;
  bool remove(journal_table table, std::string_view key);
  void commit();

  MDB_txn* get() const { return txn_; }
  const journal_store& store() const { return store_; }

private:
  const journal_store& store_;
  MDB_txn* txn_ = nullptr;
};

/// Walks a table in the order of its keys.
class journal_cursor {
public:
  journal_cursor(const journal_transaction& transaction, journal_table table);
  journal_cursor(const journal_cursor&) = delete;
  journal_cursor& operator=(const journal_cursor&) = delete;
  ~journal_cursor();

  /// To the first record whose key is not before `key`.
  bool seek(std::string_view key);
  bool next() { return move(MDB_NEXT); }
  bool previous() { return move(MDB_PREV); }
  bool last() { return move(MDB_LAST); }

  std::string_view key() const { return {static_cast<const char*>(key_.mv_data), key_.mv_size}; }
  /// None when the record is damaged.
  std::optional<std::string_view> payload() const;

private:
  bool move(MDB_cursor_op where);

  MDB_cursor* cursor_ = nullptr;
  journal_table table_;
  MDB_val key_{}, value_{};
};

/// A file that is there once a journal has committed.
std::string begun_marker(const std::string& directory);

/// Throws failure(journal_damaged) unless every page and every record of the environment in `directory` is whole, or
/// nothing was ever kept there. LMDB itself trusts what it reads.
void check_journal(const std::string& directory);

} // namespace millwright
