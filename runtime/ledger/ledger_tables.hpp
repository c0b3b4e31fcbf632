#pragma once

#include "protocol/result_catalogue.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// The ledger's tables, each a named LMDB database. Stored by name. The number of one before `first_declared` is part
/// of each record's checksum, so that a record is valid in its own table only: append only, before `first_declared`,
/// which is not stored.
enum class ledger_table : uint8_t {
  meta,
  splits,
  positions,
  sensors,
  transitions,
  counters,
  node,
  /// One for each of the nine built-in kinds of results follows, so that each is appended to at its end.
  first_results,
  /// What has changed of a sensor since its record in `sensors`.
  changes = first_results + 9,
  /// The states of the actors beside the sensors, and what has changed of one since.
  actors,
  actor_changes,
  /// Where many of them change, states and changes of neighbours are in packs: a list of packs for each of the four
  /// tables above, and the packs.
  sensor_packs,
  change_packs,
  actor_packs,
  actor_change_packs,
  packs,
  /// One for each further kind of results, in the order of the process' catalogue: its records are sealed with its
  /// name.
  first_declared,
};

inline constexpr size_t fixed_ledger_tables = static_cast<size_t>(ledger_table::first_declared);
inline constexpr size_t most_ledger_tables = fixed_ledger_tables + most_result_kinds - built_in_result_kinds;

inline constexpr std::array<std::string_view, fixed_ledger_tables> fixed_ledger_table_names{
    "meta",
    "splits",
    "positions",
    "sensors",
    "transitions",
    "counters",
    "node",
    "results/statistics",
    "results/patterns",
    "results/averages",
    "results/anomalies",
    "results/alarms",
    "results/notifications",
    "results/dead-letters",
    "results/counts",
    "results/scores",
    "changes",
    "actors",
    "actor-changes",
    "sensor-packs",
    "change-packs",
    "actor-packs",
    "actor-change-packs",
    "packs",
};

/// All that the process knows of now.
size_t ledger_table_count();
std::string name_of(ledger_table table);
/// Results of a kind that nobody declared are known from then on (`stored_result_kind`). None: no table of a ledger.
std::optional<ledger_table> ledger_table_named(std::string_view name);

ledger_table table_of(result_kind kind);
/// None for a table that holds something else.
std::optional<result_kind> kind_in(ledger_table table);
inline bool holds_results(ledger_table table) {
  return kind_in(table).has_value();
}

/// The checksum of a record of this table and version begins with it.
uint32_t checksum_start(ledger_table table, uint8_t version);

} // namespace millwright
