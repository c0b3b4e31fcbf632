#include "runtime/ledger/state_reader.hpp"

#include "protocol/failure.hpp"
#include "runtime/ledger/record_writer.hpp"

namespace millwright {

state_entry state_of_record(const lmdb_cursor& at, const std::string& path) {
  const auto record = checked_record(at, path);
  const auto state = read_numbered_state(record.payload);
  if (!state)
    throw failure{failure_code::ledger_damaged, path, describe_record(at.table(), at.key()) + " is damaged"};
  return {record.key, state->number, state->bytes};
}

void require_sound(const state_pack_reader& pack, const std::string& path) {
  if (pack.damaged())
    throw failure{failure_code::ledger_damaged, path, "a pack of states is damaged"};
}

pack_cursor::pack_cursor(const lmdb_transaction& txn, ledger_table list, const std::string& path)
    : list_{txn, list}, packs_{txn, ledger_table::packs}, path_{path} {}

bool pack_cursor::seek(std::string_view key) {
  if (list_.seek(key, MDB_SET_RANGE))
    return list_.key() == key || list_.move(MDB_PREV);
  return list_.move(MDB_LAST);
}

pack_place pack_cursor::place() const {
  const auto place = read_pack_place(checked_record(list_, path_).payload);
  if (!place)
    throw failure{failure_code::ledger_damaged, path_, describe_record(list_.table(), list_.key()) + " is damaged"};
  return *place;
}

std::string_view pack_cursor::content() {
  const auto at = place();
  if (!packs_.seek(result_key({at.commit, at.ordinal})))
    throw failure{failure_code::ledger_damaged, path_,
                  describe_record(list_.table(), list_.key()) + " names a pack that is not there"};
  return checked_record(packs_, path_).payload;
}

state_reader::state_reader(const lmdb_transaction& txn, state_store from, const std::string& path)
    : path_{path}, records_{txn, from.records}, packs_{txn, from.packs, path} {}

std::optional<state_entry> state_reader::find(std::string_view key) {
  std::string room;
  if (records_.seek(stored_key(key, room)))
    return state_of_record(records_, path_);
  if (key.size() > longest_plain_key || !packs_.seek(key))
    return std::nullopt;
  pack_ = state_pack_reader{packs_.content()};
  while (const auto each = pack_.next())
    if (each->key >= key)
      return each->key == key ? each : std::nullopt;
  require_sound(pack_, path_);
  return std::nullopt;
}

// The first entry that is not in a pack before.
bool state_reader::advance_pack() {
  while (!(packed_ = pack_.next())) {
    require_sound(pack_, path_);
    if (!more_packs_)
      return false;
    pack_ = state_pack_reader{packs_.content()};
    more_packs_ = packs_.next();
  }
  return true;
}

std::optional<state_entry> state_reader::next() {
  if (!begun_) {
    begun_ = true;
    more_records_ = records_.move(MDB_FIRST);
    more_packs_ = packs_.seek_first();
    advance_pack();
  } else if (more_records_ && packed_ && packed_->key == records_.key()) {
    // Both have it: the record was the newer one.
    advance_pack();
    more_records_ = records_.move(MDB_NEXT);
  } else if (more_records_ && (!packed_ || records_.key() < packed_->key)) {
    more_records_ = records_.move(MDB_NEXT);
  } else if (packed_) {
    advance_pack();
  }
  if (more_records_ && (!packed_ || records_.key() <= packed_->key))
    return state_of_record(records_, path_);
  return packed_;
}

} // namespace millwright
