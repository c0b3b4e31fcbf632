#include "tests/runtime/ledger/ledger_fixture.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/older_formats.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <doctest/doctest.h>

#include <map>

namespace older_formats_test {

using namespace millwright;

namespace {

constexpr uint64_t commits = 9;

void remove_table(const lmdb_transaction& txn, ledger_table table) {
  REQUIRE(mdb_drop(txn.get(), txn.environment().table(table), 1) == MDB_SUCCESS);
}

// As the first format had it: no table of changes, a sensor's record its state alone, under its plain name.
void join_states(const lmdb_transaction& txn) {
  std::map<std::string, std::string> states;
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
}

/// Gives a ledger of the present format the form of an older one, without the table `lost`.
void age(const std::string& directory, uint32_t format, std::optional<ledger_table> lost) {
  const lmdb_environment environment{directory, small_settings().map_bytes};
  lmdb_transaction txn{environment, lmdb_transaction::kind::writing};
  if (format == 1)
    join_states(txn);
  std::string number;
  binary_writer{number}.u32(format);
  lmdb_cursor{txn, ledger_table::meta}.put("format", number);
  for (size_t i = 0; i < fixed_ledger_tables; ++i)
    if (const auto table = static_cast<ledger_table>(i); !has_table(format, table) || table == lost)
      remove_table(txn, table);
  txn.commit();
}

/// A closed ledger in an older format.
struct old_ledger {
  explicit old_ledger(uint32_t format, std::optional<ledger_table> lost = {}) : plant{40, format < 3 ? 0u : 5u} {
    {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (uint64_t number = 1; number <= commits; ++number)
        plant.commit(ledger, number);
    }
    age(place.ledger, format, lost);
  }

  scratch place;
  /// Before format 3 a ledger had no actors but its sensors'.
  history plant;
};

} // namespace

TEST_CASE("a ledger of an older format is brought up to date when it is opened, and goes on") {
  for (const uint32_t format : {1u, 2u, 3u}) {
    CAPTURE(format);
    const old_ledger old{format};
    const auto key = history::key(3), meter = meter_key("M-1");
    {
      lmdb_ledger ledger{old.place.ledger, small_settings()};
      CHECK(old.plant.difference(ledger, commits) == "");
      ledger_commit whole;
      whole.number = commits + 1;
      whole.sensors = {{key, "whole"}};
      whole.actors = {{meter, "an actor"}};
      ledger.commit(whole);
      ledger_commit changes;
      changes.number = commits + 2;
      changes.sensors = {{key, " and more", commits + 1}};
      ledger.commit(changes);
    }
    lmdb_ledger again{old.place.ledger, small_settings()};
    CHECK(again.sensor(key).value().state == "whole and more");
    CHECK(again.actor(meter).value().state == "an actor");
    CHECK(again.load().number == commits + 2);
  }
}

TEST_CASE("a ledger of the third format, which had no packs, keeps its actors, and packs states from then on") {
  const old_ledger old{3};
  REQUIRE_FALSE(has_table(3, ledger_table::packs));
  {
    lmdb_ledger ledger{old.place.ledger, small_settings()};
    CHECK(old.plant.difference(ledger, commits) == "");
    for (uint64_t number = commits + 1; number <= commits + 3; ++number)
      old.plant.commit(ledger, number);
    CHECK(old.plant.difference(ledger, commits + 3) == "");
  }
  std::map<std::string, std::string> states;
  for (uint64_t i = 0; i < 4000; ++i)
    states.emplace(history::key(i), std::string{"after "}.append(std::to_string(i)));
  ledger_commit many;
  many.number = commits + 4;
  for (const auto& [key, state] : states)
    many.sensors.push_back({key, state});
  { lmdb_ledger{old.place.ledger, small_settings()}.commit(many); }
  lmdb_ledger again{old.place.ledger, small_settings()};
  std::map<std::string, std::string> read;
  again.for_each_sensor([&](auto key, auto state, auto) { read.emplace(key, state); });
  CHECK(read == states);
}

TEST_CASE("a table that the ledger's own format has is missed") {
  for (const uint32_t format : {2u, 3u})
    for (const auto table : {ledger_table::changes, ledger_table::actors, ledger_table::counters}) {
      if (!has_table(format, table))
        continue;
      const old_ledger old{format, table};
      const auto f = failure_of([&] { lmdb_ledger{old.place.ledger, small_settings()}; });
      CHECK(says(f, failure_code::ledger_damaged, "a table is missing: " + std::string{name_of(table)}));
    }
}

} // namespace older_formats_test
