#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// How LMDB lays out its file, for those who must not trust it.
namespace millwright::page_format {

// LMDB's data format 1 (mdb.c of 0.9): page header 16 bytes = page number (8), pad (2), flags (2), then lower and upper
// bound of the free space (2, 2), or the number of pages of an overflow run (4). Then 2 bytes an entry: its offset.
inline constexpr size_t page_header = 16;
inline constexpr size_t node_header = 8;
inline constexpr size_t database_size = 48;
inline constexpr uint64_t no_page = ~uint64_t{0};
inline constexpr uint32_t magic = 0xbeefc0de;
inline constexpr uint32_t data_version = 1;
inline constexpr uint16_t is_branch = 1, is_leaf = 2, is_overflow = 4, is_meta = 8;
inline constexpr uint16_t node_big = 1, node_table = 2;
inline constexpr uint16_t integer_keys = 8;
inline constexpr uint64_t pages_never_written = 1 << 16;

struct damage {
  std::string what;
};

template <class T>
T at(std::string_view bytes, size_t offset) {
  if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T))
    throw damage{"a structure reaches past its page"};
  T x;
  std::memcpy(&x, bytes.data() + offset, sizeof x);
  return x;
}

struct database {
  uint16_t flags = 0, depth = 0;
  uint64_t branches = 0, leaves = 0, overflows = 0, entries = 0, root = no_page;
};

inline database read_database(std::string_view bytes) {
  return {at<uint16_t>(bytes, 4),  at<uint16_t>(bytes, 6),  at<uint64_t>(bytes, 8), at<uint64_t>(bytes, 16),
          at<uint64_t>(bytes, 24), at<uint64_t>(bytes, 32), at<uint64_t>(bytes, 40)};
}

struct meta {
  uint32_t page_size = 0;
  database free_list, main;
  uint64_t last_page = 0, transaction = 0;
};

inline meta read_meta(std::string_view file, uint64_t slot, uint32_t page_size) {
  const auto page = file.substr(slot * page_size, page_header + 136);
  const auto where = "meta page " + std::to_string(slot);
  if (at<uint64_t>(page, 0) != slot || at<uint16_t>(page, 10) != is_meta || at<uint32_t>(page, 16) != magic)
    throw damage{where + " is none"};
  if (at<uint32_t>(page, 20) != data_version)
    throw damage{where + " has format " + std::to_string(at<uint32_t>(page, 20))};
  meta x;
  x.page_size = at<uint32_t>(page, 40);
  x.free_list = read_database(page.substr(40));
  x.main = read_database(page.substr(40 + database_size));
  x.last_page = at<uint64_t>(page, 40 + 2 * database_size);
  x.transaction = at<uint64_t>(page, 48 + 2 * database_size);
  // Only a new file, whose two pages are both of transaction 0, has one in the other's place.
  if (x.transaction != 0 && (x.transaction & 1) != slot)
    throw damage{where + " holds another one's transaction"};
  return x;
}

} // namespace millwright::page_format
