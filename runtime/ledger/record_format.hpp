#pragma once

#include <cstddef>
#include <cstdint>

namespace millwright {

// A record, all little endian:
//   value  = version (1 byte), CRC32C (4 bytes) of table, version, key and payload, payload. Table: its number (1
//   byte);
//            for results of a kind that is declared 255, and the CRC32C of the kind's name goes before
//   key    = as given; one longer than `longest_plain_key` is stored as its first bytes and a digest, `folded_key_size`
//            in all, and the payload then begins with its length (varint) and all of it. LMDB's own limit is 511.
// Names in `meta`: "format" (u32), "identity" (text), "pair" (16 bytes: pair_mark.hpp; older ledgers have none before
// they are opened), "state" (see lmdb_ledger.cpp).
inline constexpr uint8_t record_version = 1;
inline constexpr size_t record_header_size = 5;
inline constexpr size_t longest_plain_key = 495;
inline constexpr size_t folded_key_size = 496;

/// Of the whole ledger: tables, keys and what their payloads mean; `older_formats.hpp` has what the ones before lack.
inline constexpr uint32_t ledger_format_version = 4;

// A sensor has a record in `sensors` and one in `changes`, both under its `ledger_key`; any other actor one in `actors`
// and one in `actor-changes`, under its `actor_ledger_key`. Payloads = number of the commit that wrote the whole state
// (varint), then it; number of the commit whose whole state they are changes of (varint), then these. Changes of a
// smaller number than the whole state's are outdated; every other difference is damage.
//
// States of neighbours in place of such records: one of `packs` under commit number and place in the commit (as a
// result block's), payload = entries: how many bytes the key shares with the one before (varint), length (varint) and
// rest of it, the number as above (varint), length (varint) and bytes of the state. It is named in `sensor-packs`,
// `change-packs`, `actor-packs` or `actor-change-packs` under the key of its first state, payload = its commit, its
// place, how many states (varints). The keys in front of the next one's are its own; all of a pack begin with one byte.
// A record of one of the four tables is newer than the same key's state in a pack. A pack that nothing names is what is
// left of a commit that did not come to its end. Keys that are stored folded are in no pack.

// A result block: key = commit number (8 bytes), block in the commit (4 bytes), big endian, so that they sort as they
// came. Payload = when it was committed (ms, wall clock), first, last (ms, event time), rows (u32), size of the lines
// (u32), then the lines as a zstd frame.
inline constexpr size_t result_key_size = 12;
inline constexpr size_t result_header_size = 8 + 8 + 8 + 4 + 4;

} // namespace millwright
