#include "runtime/ledger/record_writer.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/crc32c.hpp"

#include <zstd.h>

#include <cstring>
#include <new>

namespace millwright {

namespace {

std::string folded_head(std::string_view key) {
  std::string head;
  binary_writer{head}.text(key);
  return head;
}

} // namespace

std::string_view stored_key(std::string_view key, std::string& room) {
  if (key.size() <= longest_plain_key)
    return key;
  const uuid digest = uuid_v5(key);
  room.assign(key.substr(0, folded_key_size - digest.bytes.size()));
  room.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  return room;
}

size_t record_size(std::string_view key, std::string_view payload) {
  return record_header_size + payload.size() + (key.size() > longest_plain_key ? folded_head(key).size() : 0);
}

void write_record(char* to, ledger_table table, std::string_view key, std::string_view payload, uint8_t version) {
  std::string room;
  uint32_t sum = crc32c(stored_key(key, room), checksum_start(table, version));
  char* at = to + record_header_size;
  if (key.size() > longest_plain_key) {
    const auto head = folded_head(key);
    sum = crc32c(head, sum);
    std::memcpy(at, head.data(), head.size());
    at += head.size();
  }
  sum = crc32c(payload, sum);
  if (!payload.empty())
    std::memcpy(at, payload.data(), payload.size());
  *to = static_cast<char>(version);
  std::memcpy(to + 1, &sum, sizeof sum);
}

std::string result_key(result_cursor at) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8)
    key += static_cast<char>(at.commit >> shift);
  for (int shift = 24; shift >= 0; shift -= 8)
    key += static_cast<char>(at.block >> shift);
  return key;
}

result_packer::result_packer() : context_{ZSTD_createCCtx()} {
  if (!context_)
    throw std::bad_alloc{};
}

result_packer::~result_packer() {
  ZSTD_freeCCtx(context_);
}

std::string result_packer::pack(const result_block& block, event_time now) {
  room_.clear();
  binary_writer writer{room_};
  writer.time(now);
  writer.time(block.first);
  writer.time(block.last);
  writer.u32(block.rows);
  writer.u32(static_cast<uint32_t>(block.lines.size()));
  const size_t head = room_.size();
  room_.resize(head + ZSTD_compressBound(block.lines.size()));
  const size_t size =
      ZSTD_compressCCtx(context_, room_.data() + head, room_.size() - head, block.lines.data(), block.lines.size(), 1);
  // With room for the bound it fails for want of memory only.
  if (ZSTD_isError(size))
    throw std::bad_alloc{};
  // A copy of its size: many are held until the commit.
  return room_.substr(0, head + size);
}

} // namespace millwright
