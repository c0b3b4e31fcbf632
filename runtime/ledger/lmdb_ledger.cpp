#include "runtime/ledger/lmdb_ledger.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/ledger_check.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/retention.hpp"
#include "runtime/ledger/state_reader.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>

namespace millwright {

namespace {

using kind = lmdb_transaction::kind;

constexpr std::string_view identity_name = "identity", totals_name = "state";

/// What the results may take, so that states always find room in the reserved space.
uint64_t result_share(const ledger_settings& settings) {
  return std::min(settings.retention_bytes, settings.map_bytes / 4 * 3);
}

std::string transition_key(const uuid& alarm, uint32_t number) {
  std::string key{reinterpret_cast<const char*>(alarm.bytes.data()), alarm.bytes.size()};
  for (int shift = 24; shift >= 0; shift -= 8)
    key += static_cast<char>(number >> shift);
  return key;
}

std::string transition_key(std::string_view encoded) {
  // Version, alarm and number lead an encoded transition: there is no need to decode all of it.
  binary_reader reader{encoded};
  reader.u8();
  uuid alarm;
  for (auto& byte : alarm.bytes)
    byte = reader.u8();
  const auto number = static_cast<uint32_t>(reader.varint());
  if (!reader.ok())
    throw std::invalid_argument{"an alarm transition that is none was given to the ledger"};
  return transition_key(alarm, number);
}

std::string as_payload(uint64_t x) {
  std::string out;
  binary_writer{out}.u64(x);
  return out;
}

std::string counter_key(const std::string& counter, const std::string& label) {
  std::string key = counter;
  key += '\0';
  key += label;
  return key;
}

} // namespace

event_time lmdb_ledger::system_time() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

template <class Work>
auto lmdb_ledger::guarded(Work work) {
  try {
    return work();
  } catch (const lmdb_error& error) {
    throw_as_failure(error, data_path_, map_bytes_);
  }
}

lmdb_ledger::lmdb_ledger(const std::string& directory, const ledger_settings& settings, wall_clock clock)
    : directory_{directory}, map_bytes_{settings.map_bytes}, result_bytes_{result_share(settings)},
      result_age_{settings.retention_age}, clock_{std::move(clock)}, lock_{directory}, markers_{directory} {
  const auto depth = markers_.take_clean() ? check_depth::structure : check_depth::everything;
  check_ledger_file(data_path_, depth, [this] { lock_.leave_to_parent(); });
  guarded([&] {
    environment_ = std::make_unique<lmdb_environment>(directory_, map_bytes_);
    check_newest();
  });
  sync_directory(directory_);
}

lmdb_ledger::~lmdb_ledger() {
  environment_.reset();
  markers_.leave_clean();
}

void lmdb_ledger::check_newest() {
  const auto number = read_totals({opened(), kind::reading}).number;
  const auto newest = markers_.newest().value_or(0);
  if (newest > number)
    throw failure{failure_code::ledger_damaged, data_path_,
                  "commit " + std::to_string(newest) + " was written, but the newest in the file is " +
                      std::to_string(number) + ": it is damaged, or an older copy (to go on from that, remove " +
                      markers_.newest_path() + ")"};
}

record_view lmdb_ledger::checked(const lmdb_cursor& cursor) const {
  return checked_record(cursor, data_path_);
}

ledger_totals lmdb_ledger::read_totals(const lmdb_transaction& txn) {
  lmdb_cursor meta{txn, ledger_table::meta};
  if (!meta.seek(totals_name))
    return {};
  const auto totals = decode_ledger_totals(checked(meta).payload);
  if (!totals)
    throw failure{failure_code::ledger_damaged, data_path_, "meta/state is damaged"};
  return *totals;
}

const lmdb_environment& lmdb_ledger::opened() const {
  if (!environment_)
    throw lmdb_error{EIO, "opening it anew"};
  return *environment_;
}

bool lmdb_ledger::in_panic() const {
  try {
    const lmdb_transaction probe{*environment_, kind::reading};
  } catch (const lmdb_error& error) {
    return error.code == MDB_PANIC;
  }
  return false;
}

void lmdb_ledger::open_anew() {
  const std::unique_lock alone{environment_use_};
  environment_.reset();
  environment_ = std::make_unique<lmdb_environment>(directory_, map_bytes_);
}

void lmdb_ledger::commit(const ledger_commit& batch) {
  const std::lock_guard writer{writer_};
  guarded([&] {
    if (!environment_)
      open_anew();
    try {
      const std::shared_lock use{environment_use_};
      // A backup that was killed would keep the pages of its snapshot from being used again for ever.
      mdb_reader_check(environment_->get(), nullptr);
      auto totals = read_totals({*environment_, kind::reading});
      const bool landed = uncertain_ && totals.number == batch.number;
      if (!landed && batch.number != totals.number + 1)
        throw std::logic_error{"commit " + std::to_string(batch.number) + " follows " + std::to_string(totals.number)};
      // One that landed after all is committed once more without its content: only that makes it durable for certain.
      const ledger_commit nothing;
      const auto& content = landed ? nothing : batch;
      state_writer states{*environment_, totals.number + 1, data_path_};
      states.prepare(sensor_tables, content.sensors, content.forgotten);
      states.prepare(actor_tables, content.actors, content.forgotten_actors);
      lmdb_transaction txn{*environment_, kind::writing};
      write(txn, content, states, totals);
      uncertain_ = true;
      txn.commit();
      uncertain_ = false;
    } catch (const lmdb_error&) {
      // After a failed write of its first pages LMDB takes nothing any more, reading included, until opened anew.
      if (in_panic())
        open_anew();
      throw;
    }
    markers_.note_newest(batch.number);
  });
}

void lmdb_ledger::write(const lmdb_transaction& txn, const ledger_commit& batch, state_writer& states,
                        ledger_totals& totals) {
  lmdb_cursor splits{txn, ledger_table::splits};
  for (const auto& [name, state] : batch.splits)
    splits.put(name, state);
  lmdb_cursor positions{txn, ledger_table::positions};
  for (const auto& [name, position] : batch.positions)
    positions.put(name, as_payload(position));

  states.finish(txn);

  lmdb_cursor transitions{txn, ledger_table::transitions};
  for (const auto& encoded : batch.transitions)
    if (transitions.put(transition_key(encoded), as_payload(totals.next_transition) + encoded, MDB_NOOVERWRITE))
      ++totals.next_transition;
  for (const auto& [alarm, number] : batch.journaled)
    if (transitions.seek(transition_key(alarm, number)))
      transitions.remove();

  lmdb_cursor counters{txn, ledger_table::counters};
  std::string room;
  for (const auto& [counter, label, delta] : batch.counters) {
    const auto key = counter_key(counter, label);
    uint64_t sum = delta;
    if (counters.seek(stored_key(key, room)))
      sum += binary_reader{checked(counters).payload}.u64();
    counters.put(key, as_payload(sum));
  }
  lmdb_cursor node{txn, ledger_table::node};
  for (const auto& [name, state] : batch.node)
    if (!state.empty())
      node.put(name, state);
    else if (node.seek(stored_key(name, room)))
      node.remove();

  // Packed one by one: the results of a minute mark, packed, would be as much again as LMDB holds of them.
  uint32_t blocks = 0;
  const auto put_block = [&](const result_block& block) {
    const auto table = table_of(block.kind);
    if (!environment_->has(table))
      throw std::logic_error{name_of(table) + " was declared after the ledger was opened"};
    const auto payload = packer_.pack(block, clock_());
    lmdb_cursor{txn, table}.put(result_key({batch.number, blocks++}), payload, MDB_APPEND);
    totals.result_bytes[place_of(block.kind)] += space_of_block(record_header_size + payload.size());
  };
  if (batch.results)
    batch.results(put_block);
  // More may go than come, so that a lowered limit is reached, but not all at once.
  std::set<std::string> damaged;
  retire_results(txn, totals, {result_age_, result_bytes_}, clock_(), 64 + size_t{4} * blocks, damaged);
  for (const auto& block : damaged)
    if (told_damaged_.insert(block).second)
      spdlog::error("{}: {} is damaged; it stays (millwright ledger check says what, salvage saves the rest)",
                    data_path_, block);
  totals.number = std::max(totals.number, batch.number);
  lmdb_cursor{txn, ledger_table::meta}.put(totals_name, encode(totals));
}

ledger_state lmdb_ledger::joined(state_tables in, const state_entry& whole,
                                 const std::optional<state_entry>& changes) const {
  std::string room;
  if (!changes)
    throw failure{failure_code::ledger_damaged, data_path_,
                  describe_record(in.changes.records, stored_key(whole.key, room)) + " is not there"};
  const numbered_state state{whole.number, whole.bytes}, since{changes->number, changes->bytes};
  if (!state.fits(since))
    throw failure{failure_code::ledger_damaged, data_path_,
                  describe_record(in.whole.records, stored_key(whole.key, room)) + " is older than the changes to it"};
  ledger_state out{std::string{state.bytes}, state.number};
  if (state.goes_on_in(since))
    out.state += since.bytes;
  return out;
}

std::optional<ledger_state> lmdb_ledger::find(state_tables in, std::string_view key) {
  return guarded([&]() -> std::optional<ledger_state> {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    state_reader whole{txn, in.whole, data_path_}, changes{txn, in.changes, data_path_};
    const auto state = whole.find(key);
    return state ? std::optional{joined(in, *state, changes.find(key))} : std::nullopt;
  });
}

void lmdb_ledger::visit_all(state_tables in, const state_visitor& visit) {
  guarded([&] {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    state_reader whole{txn, in.whole, data_path_}, changes{txn, in.changes, data_path_};
    std::string room, other_room;
    auto since = changes.next();
    while (const auto state = whole.next()) {
      const auto at = stored_key(state->key, room);
      while (since && stored_key(since->key, other_room) < at)
        since = changes.next();
      const bool there = since && since->key == state->key;
      const auto stored = joined(in, *state, there ? since : std::nullopt);
      visit(state->key, stored.state, stored.whole_at);
    }
  });
}

std::optional<stored_sensor> lmdb_ledger::sensor(std::string_view key) {
  return find(sensor_tables, key);
}

void lmdb_ledger::for_each_sensor(const state_visitor& visit) {
  visit_all(sensor_tables, visit);
}

std::optional<ledger_state> lmdb_ledger::actor(std::string_view key) {
  return find(actor_tables, key);
}

void lmdb_ledger::for_each_actor(const state_visitor& visit) {
  visit_all(actor_tables, visit);
}

recovered_state lmdb_ledger::load() {
  return guarded([&] {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    recovered_state state;
    state.number = read_totals(txn).number;
    const auto each = [&](ledger_table table, auto take) {
      lmdb_cursor cursor{txn, table};
      while (cursor.move(MDB_NEXT))
        take(checked(cursor));
    };
    if (lmdb_cursor meta{txn, ledger_table::meta}; meta.seek(identity_name))
      state.identity = checked(meta).payload;
    each(ledger_table::splits, [&](const record_view& x) { state.splits.emplace(x.key, x.payload); });
    each(ledger_table::positions,
         [&](const record_view& x) { state.positions.emplace(x.key, binary_reader{x.payload}.u64()); });
    each(ledger_table::node, [&](const record_view& x) { state.node.emplace(x.key, x.payload); });
    each(ledger_table::counters, [&](const record_view& x) {
      const auto cut = std::min(x.key.find('\0'), x.key.size() - 1);
      state.counters.emplace(std::pair{std::string{x.key.substr(0, cut)}, std::string{x.key.substr(cut + 1)}},
                             binary_reader{x.payload}.u64());
    });
    std::map<uint64_t, std::string> in_order;
    each(ledger_table::transitions, [&](const record_view& x) {
      in_order.emplace(binary_reader{x.payload}.u64(), x.payload.substr(std::min<size_t>(8, x.payload.size())));
    });
    for (auto& [sequence, encoded] : in_order)
      state.transitions.push_back(std::move(encoded));
    return state;
  });
}

std::string lmdb_ledger::identity() {
  return guarded([&]() -> std::string {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    lmdb_cursor meta{txn, ledger_table::meta};
    if (!meta.seek(identity_name))
      return {};
    return std::string{checked(meta).payload};
  });
}

void lmdb_ledger::set_identity(const std::string& identity) {
  const std::lock_guard writer{writer_};
  guarded([&] {
    const std::shared_lock use{environment_use_};
    lmdb_transaction txn{opened(), kind::writing};
    if (lmdb_cursor meta{txn, ledger_table::meta}; !meta.seek(identity_name))
      meta.put(identity_name, identity);
    else if (const std::string held{checked(meta).payload}; held != identity)
      throw failure{failure_code::ledger_foreign_source, directory_,
                    "it holds the states of " + held + ", but the source is " + identity};
    txn.commit();
  });
}

uint64_t lmdb_ledger::commits() {
  return guarded([&] {
    const std::shared_lock use{environment_use_};
    return read_totals({opened(), kind::reading}).number;
  });
}

std::optional<uuid> lmdb_ledger::pair_mark() {
  return guarded([&]() -> std::optional<uuid> {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    lmdb_cursor meta{txn, ledger_table::meta};
    if (!meta.seek(pair_mark_name))
      return std::nullopt;
    const auto mark = decode_pair_mark(checked(meta).payload);
    if (!mark)
      throw failure{failure_code::ledger_damaged, data_path_, "meta/pair is damaged"};
    return mark;
  });
}

void lmdb_ledger::set_pair_mark(const uuid& mark) {
  const std::lock_guard writer{writer_};
  guarded([&] {
    const std::shared_lock use{environment_use_};
    lmdb_transaction txn{opened(), kind::writing};
    lmdb_cursor{txn, ledger_table::meta}.put(pair_mark_name, encode_pair_mark(mark));
    txn.commit();
  });
}

result_cursor lmdb_ledger::read_results(result_kind what, result_cursor after, size_t most_bytes,
                                        const result_visitor& visit) {
  // Copied packed and in parts, so that no snapshot is held, and no memory filled, by a slow visitor.
  constexpr size_t most_packed = 4 << 20;
  struct copy {
    result_cursor at;
    result_header header;
    std::string payload;
  };
  size_t seen = 0;
  std::string lines;
  for (bool first = true; first || seen < most_bytes; first = false) {
    std::vector<copy> part;
    guarded([&] {
      const std::shared_lock use{environment_use_};
      const lmdb_transaction txn{opened(), kind::reading};
      if (!txn.environment().has(table_of(what)))
        return;
      lmdb_cursor blocks{txn, table_of(what)};
      size_t packed = 0;
      bool more = blocks.seek(result_key({after.commit, after.block + 1}), MDB_SET_RANGE);
      for (; more && packed < most_packed && (seen == 0 || seen < most_bytes); more = blocks.move(MDB_NEXT)) {
        const auto record = checked(blocks);
        const auto at = read_result_key(record.key);
        const auto header = read_result_header(record.payload);
        if (!at || !header)
          throw failure{failure_code::ledger_damaged, data_path_,
                        describe_record(table_of(what), record.key) + " is damaged"};
        part.push_back({*at, *header, std::string{record.payload}});
        packed += record.payload.size();
        seen += std::max<size_t>(header->size, 1);
        after = *at;
      }
    });
    if (part.empty())
      break;
    for (const auto& each : part) {
      if (!unpack_lines(each.payload, each.header, lines))
        throw failure{failure_code::ledger_damaged, data_path_,
                      describe_record(table_of(what), result_key(each.at)) + " is damaged"};
      visit(each.at, {what, each.header.first, each.header.last, each.header.rows, lines});
    }
  }
  return after;
}

result_cursor lmdb_ledger::before_newest(result_kind what, uint64_t rows) {
  return guarded([&] {
    const std::shared_lock use{environment_use_};
    const lmdb_transaction txn{opened(), kind::reading};
    if (!txn.environment().has(table_of(what)))
      return result_cursor{};
    lmdb_cursor blocks{txn, table_of(what)};
    uint64_t behind = 0;
    for (bool more = blocks.move(MDB_LAST); more; more = blocks.move(MDB_PREV)) {
      const auto record = checked(blocks);
      const auto at = read_result_key(record.key);
      const auto header = read_result_header(record.payload);
      if (!at || !header)
        throw failure{failure_code::ledger_damaged, data_path_,
                      describe_record(table_of(what), record.key) + " is damaged"};
      if (behind >= rows)
        return *at;
      behind += header->rows;
    }
    return result_cursor{};
  });
}

uint64_t lmdb_ledger::stored_result_bytes() {
  return guarded([&] {
    const std::shared_lock use{environment_use_};
    return read_totals({opened(), kind::reading}).all_result_bytes();
  });
}

} // namespace millwright
