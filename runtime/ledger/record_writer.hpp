#pragma once

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/ledger_tables.hpp"
#include "runtime/ledger/record_format.hpp"

#include <string>
#include <string_view>

struct ZSTD_CCtx_s;

namespace millwright {

/// The key under which LMDB keeps `key`: `key` itself unless it is too long; then `room` holds the folded one.
std::string_view stored_key(std::string_view key, std::string& room);

/// Bytes that the value of such a record takes.
size_t record_size(std::string_view key, std::string_view payload);

/// Writes a value of `record_size(key, payload)` bytes to `to`.
void write_record(char* to, ledger_table table, std::string_view key, std::string_view payload,
                  uint8_t version = record_version);

/// The key of a result block.
std::string result_key(result_cursor at);

/// Compresses result blocks; one thread at a time.
class result_packer {
public:
  result_packer();
  result_packer(const result_packer&) = delete;
  result_packer& operator=(const result_packer&) = delete;
  ~result_packer();

  /// The payload of `block`, committed at `now`. Throws std::bad_alloc.
  std::string pack(const result_block& block, event_time now);

private:
  ZSTD_CCtx_s* context_;
  std::string room_;
};

} // namespace millwright
