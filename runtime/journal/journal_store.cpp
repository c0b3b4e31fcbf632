#include "runtime/journal/journal_store.hpp"

#include "protocol/code_point.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/lock_room.hpp"
#include "runtime/ledger/page_check.hpp"
#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace millwright {

namespace {

void check(int code, const char* doing) {
  if (code != MDB_SUCCESS)
    throw journal_error{code, doing};
}

/// A file as the system keeps it in its own memory, which it takes back as it needs: a journal of years may be larger
/// than what the node has. Nobody writes to it meanwhile, for its directory is locked.
class mapped_file {
public:
  /// Throws failure(journal_unwritable) for a file that is there and cannot be read.
  explicit mapped_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
      return;
    struct stat found {};
    if (file >= 0 && ::fstat(file, &found) == 0) {
      is_there_ = true;
      if (found.st_size > 0)
        start_ = ::mmap(nullptr, static_cast<size_t>(found.st_size), PROT_READ, MAP_SHARED, file, 0);
    }
    const int problem = errno;
    if (file >= 0)
      ::close(file);
    if (!is_there_ || start_ == MAP_FAILED)
      throw failure{failure_code::journal_unwritable, path,
                    std::string{"it cannot be read: "} + std::strerror(problem)};
    if (start_)
      size_ = static_cast<size_t>(found.st_size);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;
  ~mapped_file() {
    if (start_)
      ::munmap(start_, size_);
  }

  bool is_there() const { return is_there_; }
  std::string_view bytes() const { return {static_cast<const char*>(start_), size_}; }

private:
  void* start_ = nullptr;
  size_t size_ = 0;
  bool is_there_ = false;
};

MDB_val as_value(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

} // namespace

journal_store::journal_store(const std::string& directory, uint64_t map_bytes) {
  check(mdb_env_create(&env_), "opening");
  try {
    check(mdb_env_set_mapsize(env_, map_bytes), "reserving space");
    check(mdb_env_set_maxdbs(env_, journal_table_count), "opening");
    check(reserve_lock_room(directory), "opening");
    check(mdb_env_open(env_, directory.c_str(), MDB_NOTLS, private_file), "opening");
    journal_transaction txn{*this, true};
    for (size_t i = 0; i < journal_table_count; ++i)
      check(mdb_dbi_open(txn.get(), journal_table_names[i].data(), MDB_CREATE, &tables_[i]), "opening its tables");
    std::string format;
    binary_writer{format}.u32(journal_format_version);
    if (const auto found = txn.find(journal_table::meta, "format")) {
      if (*found != format)
        throw journal_error{MDB_VERSION_MISMATCH, "reading its format"};
    } else {
      txn.put(journal_table::meta, "format", format);
    }
    txn.commit();
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

journal_store::~journal_store() {
  mdb_env_close(env_);
}

journal_transaction::journal_transaction(const journal_store& store, bool writing) : store_{store} {
  check(mdb_txn_begin(store.get(), nullptr, writing ? 0 : MDB_RDONLY, &txn_), writing ? "writing" : "reading");
}

journal_transaction::~journal_transaction() {
  if (txn_)
    mdb_txn_abort(txn_);
}

void journal_transaction::put(journal_table table, std::string_view key, std::string_view payload) {
  const auto record = sealed(table, key, payload);
  auto k = as_value(key), v = as_value(record);
  check(mdb_put(txn_, store_.table(table), &k, &v, 0), "writing");
}

std::optional<std::string_view> journal_transaction::find(journal_table table, std::string_view key) const {
  auto k = as_value(key);
  MDB_val v;
  const int code = mdb_get(txn_, store_.table(table), &k, &v);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  check(code, "reading");
  return unsealed(table, key, {static_cast<const char*>(v.mv_data), v.mv_size});
}

bool journal_transaction::remove(journal_table table, std::string_view key) {
  auto k = as_value(key);
  const int code = mdb_del(txn_, store_.table(table), &k, nullptr);
  if (code == MDB_NOTFOUND)
    return false;
  check(code, "writing");
  return true;
}

void journal_transaction::commit() {
  // It is gone however that ends.
  check(mdb_txn_commit(std::exchange(txn_, nullptr)), "committing");
}

journal_cursor::journal_cursor(const journal_transaction& transaction, journal_table table) : table_{table} {
  check(mdb_cursor_open(transaction.get(), transaction.store().table(table), &cursor_), "reading");
}

journal_cursor::~journal_cursor() {
  mdb_cursor_close(cursor_);
}

bool journal_cursor::seek(std::string_view key) {
  if (key.empty())
    return move(MDB_FIRST);
  key_ = as_value(key);
  return move(MDB_SET_RANGE);
}

bool journal_cursor::move(MDB_cursor_op where) {
  const int code = mdb_cursor_get(cursor_, &key_, &value_, where);
  if (code == MDB_NOTFOUND)
    return false;
  check(code, "reading");
  return true;
}

std::optional<std::string_view> journal_cursor::payload() const {
  return unsealed(table_, key(), {static_cast<const char*>(value_.mv_data), value_.mv_size});
}

std::string begun_marker(const std::string& directory) {
  return directory + "/begun";
}

void check_journal(const std::string& directory) {
  const auto path = directory + "/data.mdb";
  const mapped_file file{path};
  if (file.bytes().empty()) {
    // A file of no bytes is a journal that has not begun, unless it has.
    if (const auto marker = begun_marker(directory); std::ifstream{marker})
      throw failure{failure_code::journal_damaged, path,
                    std::string{file.is_there() ? "it is empty" : "it is missing"} +
                        ", but alarms were kept here (to go on without them, remove " + marker + ")"};
    return;
  }
  const auto known = [](std::string_view table) -> std::optional<journal_table> {
    const auto at = std::find(journal_table_names.begin(), journal_table_names.end(), table);
    if (at == journal_table_names.end())
      return std::nullopt;
    return static_cast<journal_table>(at - journal_table_names.begin());
  };
  const auto problem = check_pages(
      file.bytes(),
      [&](std::string_view table) -> std::optional<std::string> {
        return known(table) ? std::nullopt : std::optional{"there is an unknown table " + std::string{table}};
      },
      [&](std::string_view table, std::string_view key, std::string_view value) -> std::optional<std::string> {
        const auto which = known(table);
        if (which && unsealed(*which, key, value))
          return std::nullopt;
        return (which ? describe_journal_record(*which, key) : printable(table)) + " has a wrong checksum";
      });
  if (problem)
    throw failure{failure_code::journal_damaged, path, *problem};
}

} // namespace millwright
