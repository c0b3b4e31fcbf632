#include "runtime/ledger/first_format.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <map>

namespace millwright {

void upgrade_first_format(const lmdb_transaction& txn, const std::string& path) {
  std::map<std::string, std::string> states;
  lmdb_cursor sensors{txn, ledger_table::sensors}, changes{txn, ledger_table::changes};
  while (sensors.move(MDB_NEXT)) {
    record_view record;
    if (read_record(ledger_table::sensors, sensors.key(), sensors.value(), record) != record_state::good)
      throw failure{failure_code::ledger_damaged, path,
                    describe_record(ledger_table::sensors, sensors.key()) + " is damaged"};
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

} // namespace millwright
