#include "runtime/ledger/record_reader.hpp"

#include "protocol/binary.hpp"
#include "protocol/code_point.hpp"
#include "runtime/ledger/crc32c.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace millwright {

record_state read_record(ledger_table table, std::string_view key, std::string_view value, record_view& out) {
  if (value.size() < record_header_size)
    return record_state::damaged;
  uint32_t sum = crc32c(key, checksum_start(table, static_cast<uint8_t>(value[0])));
  const auto content = value.substr(record_header_size);
  sum = crc32c(content, sum);
  uint32_t stored;
  std::memcpy(&stored, value.data() + 1, sizeof stored);
  if (sum != stored)
    return record_state::damaged;
  // Only a record that is whole may claim to be newer.
  if (static_cast<uint8_t>(value[0]) > record_version)
    return record_state::newer;
  if (key.size() != folded_key_size) {
    out = {key, content};
    return record_state::good;
  }
  binary_reader reader{content};
  const auto whole = reader.text();
  if (!reader.ok())
    return record_state::damaged;
  out = {whole, content.substr(static_cast<size_t>(whole.data() + whole.size() - content.data()))};
  return record_state::good;
}

std::string describe_record(ledger_table table, std::string_view key) {
  std::string out = name_of(table);
  if (holds_results(table)) {
    const auto at = read_result_key(key);
    return out + (at ? "/commit " + std::to_string(at->commit) + " block " + std::to_string(at->block) : "/?");
  }
  if (table == ledger_table::packs) {
    const auto at = read_result_key(key);
    return out + (at ? "/commit " + std::to_string(at->commit) + " pack " + std::to_string(at->block) : "/?");
  }
  out += '/';
  if (table == ledger_table::transitions && key.size() == 20) {
    uuid id;
    std::memcpy(id.bytes.data(), key.data(), id.bytes.size());
    return out + to_string(id);
  }
  // A sensor's turn is of no use to a person.
  const bool of_sensors = table == ledger_table::sensors || table == ledger_table::changes ||
                          table == ledger_table::sensor_packs || table == ledger_table::change_packs;
  if (of_sensors && !key.empty() && key.front() > 0 && static_cast<uint32_t>(key.front()) <= ledger_turns)
    key.remove_prefix(1);
  // What is damaged may be anything.
  std::string name{key};
  std::replace(name.begin(), name.end(), '\0', '/');
  return out + printable(name);
}

std::optional<numbered_state> read_numbered_state(std::string_view payload) {
  binary_reader reader{payload};
  const uint64_t number = reader.varint();
  return reader.ok() ? std::optional{numbered_state{number, reader.rest()}} : std::nullopt;
}

std::optional<result_cursor> read_result_key(std::string_view key) {
  if (key.size() != result_key_size)
    return std::nullopt;
  result_cursor at;
  for (size_t i = 0; i < 8; ++i)
    at.commit = at.commit << 8 | static_cast<unsigned char>(key[i]);
  for (size_t i = 8; i < 12; ++i)
    at.block = at.block << 8 | static_cast<unsigned char>(key[i]);
  return at;
}

std::optional<result_header> read_result_header(std::string_view payload) {
  binary_reader reader{payload};
  result_header header;
  header.committed = reader.time();
  header.first = reader.time();
  header.last = reader.time();
  header.rows = reader.u32();
  header.size = reader.u32();
  if (!reader.ok())
    return std::nullopt;
  return header;
}

bool unpack_lines(std::string_view payload, const result_header& header, std::string& out) {
  const auto frame = payload.substr(result_header_size);
  // Asked first, so that a size that is wrong takes no memory.
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != header.size)
    return false;
  out.resize(header.size);
  return ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size()) == header.size;
}

} // namespace millwright
