#pragma once

#include "protocol/ids.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// By table of a store, as stored: key -> value. Views into the file. Without the tables that became known later.
using store_records = std::vector<std::map<std::string_view, std::string_view>>;

/// Whether a record of that key, as stored, was in the table for all that is known, and cannot be had.
using may_be_lost = std::function<bool(size_t table, std::string_view key)>;

/// What a person is told of a store's sound content.
struct store_content {
  /// Number of the ledger's last commit; 0 in a journal.
  uint64_t commit = 0;
  /// What a ledger and its journal have in common (runtime/journal/store_pair); none in those of older versions.
  std::optional<uuid> pair_mark;
  /// In a journal: any alarm, page or decision.
  bool holds_anything = false;
  /// A line each: "sensors: 125000".
  std::vector<std::string> lines;
  /// Split -> position of the first record not yet taken.
  std::map<std::string, uint64_t> positions;
};

/// One of the node's two LMDB environments, as whoever checks, salvages or copies it sees it.
struct store_kind {
  std::string_view name;
  /// How many tables are known; never fewer than before.
  size_t (*tables)();
  std::string (*table_name)(size_t table);
  /// None: no table of such a store. May make one known.
  std::optional<size_t> (*table_named)(std::string_view name);
  /// Whether a store with this content may be without the table.
  bool (*may_lack)(size_t table, const store_records& records);
  /// Whether a stored record is whole, and of this table.
  record_state (*judge)(size_t table, std::string_view key, std::string_view value);
  /// "sensors/FACILITY/SENSOR".
  std::string (*describe)(size_t table, std::string_view key);
  store_content (*content)(const store_records& records);
  /// What the loss of one record means; of those that cannot be named with an empty key.
  std::string (*loss)(size_t table, std::string_view key, const store_records& sound);
  /// What going back from the newest snapshot to the one before it means.
  std::string_view step_back;
  /// Makes what is derived from other records fit to what was found, and gives further losses that this shows.
  /// New records live in `room`.
  std::vector<std::string> (*mend)(store_records& records, uint64_t newest, const may_be_lost& lost,
                                   std::deque<std::string>& room);
  /// Number of the last commit; 0 where there is none, and in a journal.
  uint64_t (*commit)(const store_records& records);
  /// Makes an empty store in a directory.
  void (*make)(const std::string& directory, uint64_t map_bytes);
};

extern const store_kind ledger_kind;
extern const store_kind journal_kind;

} // namespace millwright
