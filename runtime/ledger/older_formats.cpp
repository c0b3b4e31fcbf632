#include "runtime/ledger/older_formats.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/checked_record.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <map>

namespace millwright {

namespace {

constexpr std::string_view format_name = "format";

void upgrade_first_format(const lmdb_transaction& txn, const std::string& path) {
  std::map<std::string, std::string> states;
  lmdb_cursor sensors{txn, ledger_table::sensors}, changes{txn, ledger_table::changes};
  while (sensors.move(MDB_NEXT)) {
    const auto record = checked_record(sensors, path);
    // It had no turn in front.
    const auto key = sensor_of_ledger_key(std::string(1, '\0').append(record.key));
    states.emplace(ledger_key(key), record.payload);
    sensors.remove();
  }
  std::string number;
  binary_writer{number}.varint(0);
  for (const auto& [key, state] : states) {
    sensors.put(key, number + state);
    changes.put(key, number);
  }
}

} // namespace

bool has_table(uint32_t format, ledger_table table) {
  switch (table) {
  case ledger_table::changes:
    return format >= 2;
  case ledger_table::actors:
  case ledger_table::actor_changes:
    return format >= 3;
  case ledger_table::sensor_packs:
  case ledger_table::change_packs:
  case ledger_table::actor_packs:
  case ledger_table::actor_change_packs:
  case ledger_table::packs:
    return format >= 4;
  default:
    return table < ledger_table::first_declared;
  }
}

uint32_t format_in(std::string_view key, std::string_view value) {
  record_view record;
  if (key != format_name || read_record(ledger_table::meta, key, value, record) != record_state::good)
    return 0;
  return binary_reader{record.payload}.u32();
}

void upgrade_format(const lmdb_transaction& txn, const std::string& path) {
  lmdb_cursor meta{txn, ledger_table::meta};
  const auto format = meta.seek(format_name) ? format_in(meta.key(), meta.value()) : 0;
  if (format >= ledger_format_version)
    return;
  if (format == 1)
    upgrade_first_format(txn, path);
  std::string present;
  binary_writer{present}.u32(ledger_format_version);
  meta.put(format_name, present);
}

} // namespace millwright
