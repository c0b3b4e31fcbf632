#include "runtime/ledger/ledger_tables.hpp"

#include "runtime/ledger/crc32c.hpp"

#include <algorithm>
#include <stdexcept>

namespace millwright {

namespace {

constexpr std::string_view results_prefix = "results/";
constexpr size_t first_results = static_cast<size_t>(ledger_table::first_results);

} // namespace

size_t ledger_table_count() {
  return fixed_ledger_tables + known_result_kinds() - built_in_result_kinds;
}

std::string name_of(ledger_table table) {
  if (table < ledger_table::first_declared)
    return std::string{fixed_ledger_table_names[static_cast<size_t>(table)]};
  return std::string{results_prefix}.append(name_of(*kind_in(table)));
}

std::optional<ledger_table> ledger_table_named(std::string_view name) {
  const auto fixed = std::find(fixed_ledger_table_names.begin(), fixed_ledger_table_names.end(), name);
  if (fixed != fixed_ledger_table_names.end())
    return static_cast<ledger_table>(fixed - fixed_ledger_table_names.begin());
  if (!name.starts_with(results_prefix))
    return std::nullopt;
  try {
    return table_of(stored_result_kind(name.substr(results_prefix.size())));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

ledger_table table_of(result_kind kind) {
  const size_t index = place_of(kind);
  return static_cast<ledger_table>(index < built_in_result_kinds ? first_results + index
                                                                 : fixed_ledger_tables + index - built_in_result_kinds);
}

std::optional<result_kind> kind_in(ledger_table table) {
  const auto index = static_cast<size_t>(table);
  if (index >= fixed_ledger_tables)
    return result_kind_at(index - fixed_ledger_tables + built_in_result_kinds);
  if (index >= first_results && index < first_results + built_in_result_kinds)
    return result_kind_at(index - first_results);
  return std::nullopt;
}

uint32_t checksum_start(ledger_table table, uint8_t version) {
  if (table < ledger_table::first_declared) {
    const char start[2] = {static_cast<char>(table), static_cast<char>(version)};
    return crc32c({start, 2});
  }
  const char start[2] = {static_cast<char>(255), static_cast<char>(version)};
  return crc32c({start, 2}, crc32c(name_of(*kind_in(table))));
}

} // namespace millwright
