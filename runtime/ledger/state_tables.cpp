#include "runtime/ledger/state_tables.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/record_writer.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace millwright {

namespace {

/// Puts sorted records; those behind all others are appended: inserted in order they would leave each page half empty.
class sorted_writer {
public:
  sorted_writer(const lmdb_transaction& txn, ledger_table table) : to_{txn, table} {
    if (to_.move(MDB_LAST))
      last_ = to_.key();
  }
  /// False when `flags` has MDB_NOOVERWRITE and it is there.
  bool put(std::string_view key, uint64_t number, std::string_view bytes, unsigned flags = 0) {
    payload_.clear();
    binary_writer{payload_}.varint(number);
    payload_ += bytes;
    const auto stored = stored_key(key, room_);
    const bool behind_all = stored > last_;
    const bool done = to_.put(key, payload_, behind_all ? MDB_APPEND : flags);
    if (behind_all)
      last_ = stored;
    return done;
  }
  void put_as_stored(std::string_view key, std::string_view value) {
    to_.put_as_stored(key, value, key > last_ ? MDB_APPEND : 0);
    last_ = std::max<std::string_view>(last_, key);
  }

private:
  lmdb_cursor to_;
  std::string last_, room_, payload_;
};

/// Records that change their sizes at each commit leave pages less than half full. When most of them change anyway the
/// table is written anew, page by page and full: half of the bytes, and no search for each.
void write_changes_anew(const lmdb_transaction& txn, ledger_table changes, uint64_t number,
                        const std::vector<state_record>& sorted) {
  std::deque<std::string> folded;
  std::vector<std::pair<std::string_view, const state_record*>> given;
  given.reserve(sorted.size());
  for (const auto& each : sorted) {
    std::string room;
    auto stored = stored_key(each.key, room);
    if (stored.data() == room.data())
      stored = folded.emplace_back(std::move(room));
    given.emplace_back(stored, &each);
  }
  // Only folding takes a key out of its order.
  if (!folded.empty())
    std::sort(given.begin(), given.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  // What stays as it was is not copied: the pages of the last commit keep their place and content until this one is
  // done.
  std::vector<std::pair<std::string_view, std::string_view>> others;
  {
    lmdb_cursor old{txn, changes};
    for (auto next = given.begin(); old.move(MDB_NEXT);) {
      while (next != given.end() && next->first < old.key())
        ++next;
      if (next == given.end() || next->first != old.key())
        others.emplace_back(old.key(), old.value());
    }
  }
  txn.clear(changes);
  sorted_writer to{txn, changes};
  auto other = others.begin();
  for (const auto& [stored, record] : given) {
    for (; other != others.end() && other->first < stored; ++other)
      to.put_as_stored(other->first, other->second);
    to.put(record->key, record->whole_at == 0 ? number : record->whole_at,
           record->whole_at == 0 ? std::string_view{} : record->state);
  }
  for (; other != others.end(); ++other)
    to.put_as_stored(other->first, other->second);
}

// Each has a record in both tables: a lost one shows.
void write_sorted(const lmdb_transaction& txn, state_tables to, uint64_t number,
                  const std::vector<state_record>& sorted) {
  const bool most_change = sorted.size() * 3 > txn.records_in(to.changes);
  sorted_writer whole{txn, to.whole};
  for (const auto& each : sorted)
    if (each.whole_at == 0)
      whole.put(each.key, number, each.state);
  if (most_change) {
    write_changes_anew(txn, to.changes, number, sorted);
    return;
  }
  sorted_writer changes{txn, to.changes};
  for (const auto& each : sorted)
    if (each.whole_at != 0)
      changes.put(each.key, each.whole_at, each.state);
    else
      changes.put(each.key, number, {}, MDB_NOOVERWRITE);
}

} // namespace

void write_states(const lmdb_transaction& txn, state_tables to, uint64_t number,
                  const std::vector<state_record>& changed, const std::vector<std::string>& forgotten) {
  if (!forgotten.empty()) {
    std::string room;
    for (const auto table : {to.whole, to.changes}) {
      lmdb_cursor at{txn, table};
      for (const auto& key : forgotten)
        if (at.seek(stored_key(key, room)))
          at.remove();
    }
  }
  if (changed.empty())
    return;
  const auto by_key = [](const state_record& a, const state_record& b) { return a.key < b.key; };
  if (std::is_sorted(changed.begin(), changed.end(), by_key)) {
    write_sorted(txn, to, number, changed);
  } else {
    auto sorted = changed;
    std::sort(sorted.begin(), sorted.end(), by_key);
    write_sorted(txn, to, number, sorted);
  }
}

} // namespace millwright
