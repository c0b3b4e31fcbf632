#include "tests/runtime/ledger/ledger_fixture.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace millwright;

namespace {

// As the first format had it: no table of changes, a sensor's record its state alone, under its plain name.
void age(const std::string& directory) {
  const lmdb_environment environment{directory, small_settings().map_bytes};
  lmdb_transaction txn{environment, lmdb_transaction::kind::writing};
  std::map<std::string, std::string> states;
  {
    lmdb_cursor sensors{txn, ledger_table::sensors}, changes{txn, ledger_table::changes};
    while (sensors.move(MDB_NEXT)) {
      record_view whole, since;
      REQUIRE(read_record(ledger_table::sensors, sensors.key(), sensors.value(), whole) == record_state::good);
      REQUIRE(changes.seek(sensors.key()));
      REQUIRE(read_record(ledger_table::changes, changes.key(), changes.value(), since) == record_state::good);
      const auto state = read_numbered_state(whole.payload), behind = read_numbered_state(since.payload);
      REQUIRE((state && behind));
      states.emplace(whole.key.substr(1),
                     std::string{state->bytes} + std::string{state->goes_on_in(*behind) ? behind->bytes : ""});
      sensors.remove();
    }
    for (const auto& [key, state] : states)
      sensors.put(key, state);
    std::string format;
    binary_writer{format}.u32(1);
    lmdb_cursor{txn, ledger_table::meta}.put("format", format);
  }
  REQUIRE(mdb_drop(txn.get(), environment.table(ledger_table::changes), 1) == MDB_SUCCESS);
  txn.commit();
}

} // namespace

TEST_CASE("a ledger of the first format is brought up to date when it is opened, and goes on") {
  scratch place;
  const history plant{40};
  constexpr uint64_t commits = 9;
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    for (uint64_t number = 1; number <= commits; ++number)
      plant.commit(ledger, number);
  }
  age(place.ledger);
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    CHECK(plant.difference(ledger, commits) == "");
    ledger_commit whole;
    whole.number = commits + 1;
    const auto key = history::key(3);
    whole.sensors = {{key, "whole"}};
    ledger.commit(whole);
    ledger_commit changes;
    changes.number = commits + 2;
    changes.sensors = {{key, " and more", commits + 1}};
    ledger.commit(changes);
  }
  lmdb_ledger again{place.ledger, small_settings()};
  CHECK(again.sensor(history::key(3)).value().state == "whole and more");
  CHECK(again.load().number == commits + 2);
}
