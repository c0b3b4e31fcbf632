#include "runtime/ledger/lmdb_environment.hpp"

#include "runtime/ledger/older_formats.hpp"

#include "protocol/failure.hpp"
#include "runtime/ledger/lock_room.hpp"
#include "runtime/ledger/private_files.hpp"
#include "runtime/ledger/record_writer.hpp"

#include <utility>

namespace millwright {

void throw_as_failure(const lmdb_error& error, const std::string& path, uint64_t map_bytes) {
  const std::string words = std::string{error.doing} + " failed: " + mdb_strerror(error.code);
  switch (error.code) {
  case MDB_MAP_FULL:
    throw failure{failure_code::ledger_unwritable, path,
                  "the reserved " + std::to_string(map_bytes >> 20) +
                      " MiB are full: raise ledger.map_size or lower ledger.retention.size"};
  case MDB_VERSION_MISMATCH:
    throw failure{failure_code::ledger_version, path, words};
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND:
  case MDB_INVALID:
  case MDB_CURSOR_FULL:
  case MDB_INCOMPATIBLE:
  case MDB_NOTFOUND:
    throw failure{failure_code::ledger_damaged, path, words};
  default:
    throw failure{failure_code::ledger_unwritable, path, words};
  }
}

namespace {

// Results of kinds that this program does not have are kept, counted and retired all the same.
void learn_tables(MDB_txn* txn) {
  MDB_dbi names;
  lmdb_check(mdb_dbi_open(txn, nullptr, 0, &names), "opening its tables");
  MDB_cursor* cursor;
  lmdb_check(mdb_cursor_open(txn, names, &cursor), "opening its tables");
  MDB_val name, about;
  while (mdb_cursor_get(cursor, &name, &about, MDB_NEXT) == MDB_SUCCESS)
    ledger_table_named(as_view(name));
  mdb_cursor_close(cursor);
}

} // namespace

lmdb_environment::lmdb_environment(const std::string& directory, uint64_t map_bytes) {
  lmdb_check(mdb_env_create(&env_), "opening");
  try {
    lmdb_check(mdb_env_set_mapsize(env_, map_bytes), "reserving space");
    lmdb_check(mdb_env_set_maxdbs(env_, most_ledger_tables), "opening");
    lmdb_check(reserve_lock_room(directory), "opening");
    lmdb_check(mdb_env_open(env_, directory.c_str(), MDB_NOTLS, private_file), "opening");
    open_tables(directory);
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

lmdb_environment::~lmdb_environment() {
  mdb_env_close(env_);
}

void lmdb_environment::open_tables(const std::string& directory) {
  lmdb_transaction txn{*this, lmdb_transaction::kind::writing};
  learn_tables(txn.get());
  tables_.resize(ledger_table_count());
  for (size_t i = 0; i < tables_.size(); ++i)
    lmdb_check(mdb_dbi_open(txn.get(), name_of(static_cast<ledger_table>(i)).c_str(), MDB_CREATE, &tables_[i]),
               "opening its tables");
  upgrade_format(txn, directory + "/data.mdb");
  txn.commit();
}

lmdb_transaction::lmdb_transaction(const lmdb_environment& environment, kind what)
    : environment_{environment}, kind_{what} {
  lmdb_check(mdb_txn_begin(environment.get(), nullptr, what == kind::reading ? MDB_RDONLY : 0, &txn_),
             what == kind::reading ? "reading" : "writing");
}

lmdb_transaction::~lmdb_transaction() {
  if (txn_)
    mdb_txn_abort(txn_);
}

void lmdb_transaction::commit() {
  // It is gone however that ends. Only who holds LMDB's lock for writers changes flags.
  if (kind_ == kind::preparing)
    mdb_env_set_flags(environment_.get(), MDB_NOMETASYNC, 1);
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (kind_ == kind::preparing)
    mdb_env_set_flags(environment_.get(), MDB_NOMETASYNC, 0);
  lmdb_check(code, "committing");
}

size_t lmdb_transaction::records_in(ledger_table table) const {
  MDB_stat about;
  lmdb_check(mdb_stat(txn_, environment_.table(table), &about), "reading");
  return about.ms_entries;
}

lmdb_cursor::lmdb_cursor(const lmdb_transaction& transaction, ledger_table table)
    : transaction_{transaction}, table_{table} {
  lmdb_check(mdb_cursor_open(transaction.get(), transaction.environment().table(table), &cursor_), "reading");
}

// LMDB closes a cursor itself when what was written is committed.
lmdb_cursor::~lmdb_cursor() {
  if (transaction_.get())
    mdb_cursor_close(cursor_);
}

bool lmdb_cursor::move(MDB_cursor_op where) {
  const int code = mdb_cursor_get(cursor_, &key_, &value_, where);
  if (code == MDB_NOTFOUND)
    return false;
  lmdb_check(code, "reading");
  return true;
}

bool lmdb_cursor::seek(std::string_view stored_key, MDB_cursor_op where) {
  key_ = as_value(stored_key);
  return move(where);
}

bool lmdb_cursor::put(std::string_view key, std::string_view payload, unsigned flags) {
  const auto stored = stored_key(key, room_);
  key_ = as_value(stored);
  value_ = {record_size(key, payload), nullptr};
  const int code = mdb_cursor_put(cursor_, &key_, &value_, flags | MDB_RESERVE);
  if (code == MDB_KEYEXIST)
    return false;
  lmdb_check(code, "writing");
  write_record(static_cast<char*>(value_.mv_data), table_, key, payload);
  return true;
}

void lmdb_cursor::put_as_stored(std::string_view key, std::string_view value, unsigned flags) {
  key_ = as_value(key);
  value_ = as_value(value);
  lmdb_check(mdb_cursor_put(cursor_, &key_, &value_, flags), "writing");
}

void lmdb_cursor::remove() {
  lmdb_check(mdb_cursor_del(cursor_, 0), "writing");
}

} // namespace millwright
