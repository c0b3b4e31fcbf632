#pragma once

#include "runtime/ledger/lmdb_environment.hpp"
#include "tests/runtime/ledger/ledger_fixture.hpp"

#include <fstream>
#include <map>
#include <span>

namespace millwright {

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                static_cast<std::streamsize>(bytes.size()));
}

/// Every record of a store that is whole, as stored: "table/key" -> value.
inline std::map<std::string, std::string> stored_records(const std::string& directory,
                                                         std::span<const std::string_view> tables) {
  std::map<std::string, std::string> out;
  MDB_env* env = nullptr;
  REQUIRE(mdb_env_create(&env) == 0);
  mdb_env_set_maxdbs(env, 32);
  REQUIRE(mdb_env_open(env, directory.c_str(), MDB_RDONLY | MDB_NOTLS, 0644) == 0);
  MDB_txn* txn = nullptr;
  REQUIRE(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0);
  for (const auto table : tables) {
    MDB_dbi dbi = 0;
    REQUIRE(mdb_dbi_open(txn, std::string{table}.c_str(), 0, &dbi) == 0);
    MDB_cursor* cursor = nullptr;
    REQUIRE(mdb_cursor_open(txn, dbi, &cursor) == 0);
    MDB_val key, value;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
      out[std::string{table} + '/' + std::string{as_view(key)}] = as_view(value);
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  mdb_env_close(env);
  return out;
}

} // namespace millwright
