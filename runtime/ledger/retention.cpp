#include "runtime/ledger/retention.hpp"

#include "runtime/ledger/record_reader.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace millwright {

namespace {

// More damaged ones in front of a kind, and its results stay for this time: looking at them is a commit's work.
constexpr int most_passed_by = 16;

/// The oldest block of a kind.
struct head {
  std::unique_ptr<lmdb_cursor> cursor;
  size_t kind = 0;
  result_cursor at;
  event_time committed;
};

/// False when there is none left. Damaged ones stay where they are and hold up nobody.
bool look(head& oldest, std::set<std::string>& damaged) {
  auto& cursor = *oldest.cursor;
  int passed_by = 0;
  for (bool more = cursor.move(MDB_FIRST); more && passed_by < most_passed_by; more = cursor.move(MDB_NEXT)) {
    record_view record;
    const auto at = read_result_key(cursor.key());
    std::optional<result_header> header;
    if (at && read_record(cursor.table(), cursor.key(), cursor.value(), record) == record_state::good)
      header = read_result_header(record.payload);
    if (header) {
      oldest.at = *at;
      oldest.committed = header->committed;
      return true;
    }
    damaged.insert(describe_record(cursor.table(), cursor.key()));
    ++passed_by;
  }
  return false;
}

} // namespace

void retire_results(const lmdb_transaction& transaction, ledger_totals& totals, const result_limits& limits,
                    event_time now, size_t most_blocks, std::set<std::string>& damaged) {
  std::vector<head> heads;
  for (size_t i = 0; i < transaction.environment().tables(); ++i) {
    const auto kind = kind_in(static_cast<ledger_table>(i));
    if (!kind)
      continue;
    head oldest{std::make_unique<lmdb_cursor>(transaction, static_cast<ledger_table>(i)), place_of(*kind), {}, {}};
    if (look(oldest, damaged))
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
    if (!look(*oldest, damaged))
      heads.erase(oldest);
  }
}

} // namespace millwright
