#pragma once

#include "runtime/ledger/repair/store_kind.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// What was found in a ledger or journal, in words for a person.
struct store_report {
  uint64_t bytes = 0;
  /// Number of the ledger's last commit.
  uint64_t commit = 0;
  /// What a ledger and its journal have in common, and whether a journal has any alarm, page or decision: by these it
  /// is told whether the two belong together (runtime/journal/store_pair).
  std::optional<uuid> pair_mark;
  bool holds_anything = false;
  /// What is there, a line each.
  std::vector<std::string> content;
  /// What is wrong: pages, and records by table and key. Empty: sound.
  std::vector<std::string> damage;
  /// What cannot be had any more, and what that means.
  std::vector<std::string> lost;
  /// Why this commit and not the newest; empty when it is the newest.
  std::string step_back;
  /// Split -> position of the first record not yet taken.
  std::map<std::string, uint64_t> positions;

  bool sound() const { return damage.empty(); }
};

std::string encode(const store_report& report);
store_report decode_store_report(std::string_view bytes);

/// Looks through the store in `directory`, which nobody has open, in a child process: the structure, then every record.
/// Changes nothing. Throws failure: not_found, ledger_damaged or journal_damaged (it cannot be read at all),
/// ledger_version.
store_report check_store(const store_kind& kind, const std::string& directory);

/// Copies every sound record into a new store in `out`, an empty or missing directory, in a child process; the store in
/// `directory`, which nobody has open, stays as it is. What it gives is sound and checked. Throws like `check_store`,
/// and ledger_unwritable.
store_report salvage_store(const store_kind& kind, const std::string& directory, const std::string& out);

/// Whether there is a store (a data file with something in it).
bool store_exists(const std::string& directory);

} // namespace millwright
