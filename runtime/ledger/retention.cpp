#include "runtime/ledger/retention.hpp"

#include "protocol/failure.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace millwright {

namespace {

/// The oldest block of a kind.
struct head {
  std::unique_ptr<lmdb_cursor> cursor;
  size_t kind = 0;
  result_cursor at;
  event_time committed;
};

/// False when there is none left.
bool look(head& oldest, const std::string& path) {
  auto& cursor = *oldest.cursor;
  if (!cursor.move(MDB_FIRST))
    return false;
  record_view record;
  const auto at = read_result_key(cursor.key());
  std::optional<result_header> header;
  if (at && read_record(cursor.table(), cursor.key(), cursor.value(), record) == record_state::good)
    header = read_result_header(record.payload);
  if (!header)
    throw failure{failure_code::ledger_damaged, path, describe_record(cursor.table(), cursor.key()) + " is damaged"};
  oldest.at = *at;
  oldest.committed = header->committed;
  return true;
}

} // namespace

void retire_results(const lmdb_transaction& transaction, ledger_totals& totals, const result_limits& limits,
                    event_time now, size_t most_blocks, const std::string& path) {
  std::vector<head> heads;
  for (size_t kind = 0; kind < ledger_result_tables; ++kind) {
    const auto table = static_cast<ledger_table>(static_cast<size_t>(ledger_table::first_results) + kind);
    head oldest{std::make_unique<lmdb_cursor>(transaction, table), kind, {}, {}};
    if (look(oldest, path))
      heads.push_back(std::move(oldest));
  }
  for (; most_blocks > 0 && !heads.empty(); --most_blocks) {
    // Kinds age alike, so what is oldest is what is too old first.
    const auto oldest =
        std::min_element(heads.begin(), heads.end(), [](const head& a, const head& b) { return a.at < b.at; });
    const bool too_old = now - oldest->committed > limits.age;
    if (!too_old && totals.all_result_bytes() <= limits.bytes)
      return;
    auto& bytes = totals.result_bytes[oldest->kind];
    bytes -= std::min(bytes, space_of_block(oldest->cursor->value().size()));
    oldest->cursor->remove();
    if (!look(*oldest, path))
      heads.erase(oldest);
  }
}

} // namespace millwright
