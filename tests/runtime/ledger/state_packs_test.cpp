#include "tests/runtime/ledger/ledger_fixture.hpp"
#include "tests/runtime/ledger/repair/damaged_file.hpp"

#include "runtime/ledger/record_reader.hpp"
#include "runtime/ledger/record_writer.hpp"
#include "runtime/ledger/repair/store_report.hpp"
#include "runtime/ledger/state_writer.hpp"

#include <array>
#include <csignal>
#include <map>
#include <random>

namespace state_packs_test {

using namespace millwright;

namespace {

constexpr uint64_t many = 700;

size_t records_in(const std::string& directory, ledger_table table) {
  const lmdb_environment environment{directory, small_settings().map_bytes};
  const lmdb_transaction txn{environment, lmdb_transaction::kind::reading};
  return txn.records_in(table);
}

std::map<std::string, std::string> states_in(ledger& from) {
  std::map<std::string, std::string> out;
  from.for_each_sensor([&](auto key, auto state, auto) { out.emplace(key, state); });
  return out;
}

ledger_commit batch_of(uint64_t number, const std::map<std::string, std::string>& whole) {
  ledger_commit out;
  out.number = number;
  for (const auto& [key, state] : whole)
    out.sensors.push_back({key, state});
  return out;
}

/// Flips a bit, `offset` behind its begin, in every place of the ledger's file that has `text`.
void spoil(const std::string& directory, std::string_view text, size_t offset) {
  const auto path = directory + "/data.mdb";
  auto content = read_file(path);
  for (size_t at = content.find(text); at != std::string::npos; at = content.find(text, at + 1))
    content[at + offset] ^= 1;
  write_file(path, content);
}

} // namespace

TEST_CASE("a pack gives back what was put into it, and nothing where it is damaged") {
  state_pack pack;
  std::vector<std::pair<std::string, std::string>> put;
  for (int i = 0; i < 50; ++i)
    put.emplace_back(history::key(static_cast<uint64_t>(i)), std::string(static_cast<size_t>(i * 7), 'x'));
  std::sort(put.begin(), put.end());
  for (const auto& [key, state] : put)
    pack.add({key, key.size() * 1000, state});
  CHECK(pack.count() == put.size());
  CHECK(pack.first() == put.front().first);
  state_pack_reader reader{pack.bytes()};
  for (const auto& [key, state] : put) {
    const auto got = reader.next();
    REQUIRE(got);
    CHECK(got->key == key);
    CHECK(got->bytes == state);
    CHECK(got->number == key.size() * 1000);
  }
  CHECK(!reader.next());
  CHECK(!reader.damaged());

  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random{seed};
    auto bytes = pack.bytes();
    bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    bytes.resize(random() % bytes.size());
    state_pack_reader broken{bytes};
    size_t n = 0;
    while (broken.next())
      ++n;
    CHECK(n <= bytes.size());
  }
}

TEST_CASE("states of many neighbours lie in packs and read as those in records do, across restarts") {
  const scratch place;
  const history plant{many};
  uint64_t number = 0;
  for (int run = 0; run < 4; ++run) {
    lmdb_ledger ledger{place.ledger, small_settings()};
    CHECK(plant.difference(ledger, number) == "");
    for (int i = 0; i < 4; ++i) {
      plant.commit(ledger, ++number);
      REQUIRE(plant.difference(ledger, number) == "");
    }
    for (uint64_t i = 0; i < many; i += 37)
      CHECK(ledger.sensor(history::key(i)));
    CHECK(!ledger.sensor(history::key(many)));
    CHECK(!ledger.sensor(std::string(1, '\1') + "plant"));
  }
  CHECK(records_in(place.ledger, ledger_table::sensor_packs) >= 6);
  CHECK(records_in(place.ledger, ledger_table::sensors) < many / 3);
  CHECK(records_in(place.ledger, ledger_table::changes) < many / 3);
  // None that nothing names.
  CHECK(records_in(place.ledger, ledger_table::packs) ==
        records_in(place.ledger, ledger_table::sensor_packs) + records_in(place.ledger, ledger_table::change_packs));
}

TEST_CASE("whatever changes, few or many, new or forgotten, the newest of each is what is read") {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const scratch place;
    std::map<std::string, std::string> model;
    std::map<std::string, uint64_t> whole_at;
    uint64_t number = 0;
    for (int run = 0; run < 2; ++run) {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (int i = 0; i < 12; ++i) {
        ledger_commit batch;
        batch.number = ++number;
        const uint64_t share = std::array<uint64_t, 4>{1, 3, 20, 300}[random() % 4];
        std::vector<std::string> forgotten;
        for (uint64_t sensor = 0; sensor < many; ++sensor)
          if (random() % 400 == 0 && model.erase(history::key(sensor)) > 0)
            forgotten.push_back(history::key(sensor));
        batch.forgotten = forgotten;
        std::map<std::string, std::pair<std::string, uint64_t>> given;
        for (uint64_t sensor = 0; sensor < many; ++sensor)
          if (random() % share == 0) {
            auto key = history::key(sensor);
            // Some are longer than a key of LMDB may be.
            if (sensor % 50 == 3)
              key += std::string(600, 'k') + std::to_string(sensor);
            std::string state(random() % 900, static_cast<char>('a' + random() % 26));
            const bool whole = !model.contains(key) || random() % 3 == 0;
            auto& expected = model[key];
            if (whole)
              whole_at[key] = number;
            else
              state.insert(0, 1, '|');
            expected = whole ? state : expected.substr(0, expected.find('|')) + state;
            given[key] = {std::move(state), whole ? 0 : whole_at[key]};
          }
        for (const auto& [key, state] : given)
          batch.sensors.push_back({key, state.first, state.second});
        ledger.commit(batch);
        REQUIRE(states_in(ledger) == model);
      }
    }
    lmdb_ledger again{place.ledger, small_settings()};
    CHECK(states_in(again) == model);
  }
}

TEST_CASE("a commit that ends between its packs and its own transaction has changed nothing, and leaves nothing") {
  const scratch place;
  const history plant{many};
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    for (uint64_t number = 1; number <= 3; ++number)
      plant.commit(ledger, number);
  }
  const auto packs = records_in(place.ledger, ledger_table::packs);
  {
    const lmdb_environment environment{place.ledger, small_settings().map_bytes};
    std::map<std::string, std::string> states;
    for (uint64_t i = 0; i < many; ++i)
      states.emplace(history::key(i), std::string(900, 'n'));
    const auto batch = batch_of(4, states);
    const std::string path = "data.mdb";
    state_writer writer{environment, 4, path};
    writer.prepare(sensor_tables, batch.sensors, {});
  }
  CHECK(records_in(place.ledger, ledger_table::packs) > packs);
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    CHECK(plant.difference(ledger, 3) == "");
    // Of few sensors: none of it goes into packs.
    ledger.commit(batch_of(4, {{history::key(1), "one"}}));
    CHECK(ledger.sensor(history::key(1)).value().state == "one");
  }
  CHECK(records_in(place.ledger, ledger_table::packs) == packs);
}

TEST_CASE("a plant of many, killed at random moments of its commits, has the last one that was told whole") {
  const scratch place;
  const history plant{many};
  std::mt19937_64 random{7};
  uint64_t number = 0;
  for (int kill = 0; kill < 8; ++kill) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (uint64_t next = ledger.load().number + 1;; ++next) {
        plant.commit(ledger, next);
        if (write(ends[1], &next, sizeof next) != sizeof next)
          _exit(1);
      }
    }
    close(ends[1]);
    // Every second one dies at any moment of its start as well, the others behind a commit, however slow the machine
    // is.
    if (uint64_t told = 0; kill % 2 == 0 && read(ends[0], &told, sizeof told) == sizeof told)
      number = told;
    usleep(static_cast<useconds_t>(random() % 60'000));
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    for (uint64_t told = 0; read(ends[0], &told, sizeof told) == sizeof told;)
      number = told;
    close(ends[0]);
    lmdb_ledger ledger{place.ledger, small_settings()};
    const auto found = ledger.load().number;
    CHECK((found == number || found == number + 1));
    CHECK(plant.difference(ledger, found) == "");
    number = found;
  }
  CHECK(number > 0);
}

TEST_CASE("a ledger of a format without packs goes on, and what changes of it goes into packs") {
  const scratch place;
  std::map<std::string, std::string> states;
  for (uint64_t i = 0; i < many; ++i)
    states.emplace(history::key(i), history::state(i, 1));
  { lmdb_ledger{place.ledger, small_settings()}.commit(batch_of(1, {{"\1plant", "first"}})); }
  {
    const lmdb_environment environment{place.ledger, small_settings().map_bytes};
    lmdb_transaction txn{environment, lmdb_transaction::kind::writing};
    lmdb_cursor sensors{txn, ledger_table::sensors}, changes{txn, ledger_table::changes};
    std::string number, format;
    binary_writer{number}.varint(1);
    for (const auto& [key, state] : states) {
      sensors.put(key, number + state);
      changes.put(key, number);
    }
    binary_writer{format}.u32(3);
    lmdb_cursor{txn, ledger_table::meta}.put("format", format);
    for (const auto table : {ledger_table::sensor_packs, ledger_table::change_packs, ledger_table::actor_packs,
                             ledger_table::actor_change_packs, ledger_table::packs})
      REQUIRE(mdb_drop(txn.get(), environment.table(table), 1) == MDB_SUCCESS);
    txn.commit();
  }
  states["\1plant"] = "first";
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    CHECK(states_in(ledger) == states);
    // Of one turn in two each has changed.
    ledger_commit batch;
    batch.number = 2;
    for (auto& [key, state] : states)
      if (key.front() % 2 == 0)
        batch.sensors.push_back({key, state = "changed"});
    ledger.commit(batch);
    CHECK(states_in(ledger) == states);
  }
  lmdb_ledger again{place.ledger, small_settings()};
  CHECK(states_in(again) == states);
  CHECK(again.load().number == 2);
}

TEST_CASE("a damaged pack is told with the first of its neighbours, and all others are saved") {
  const scratch place;
  const history plant{many, 0};
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    plant.commit(ledger, 1);
    plant.commit(ledger, 2);
  }
  uint64_t victim = 0;
  while (history::changes(victim, 2))
    ++victim;
  // In every place, so that no older snapshot has it whole.
  spoil(place.ledger, history::state(victim, 1), 20);
  const auto f = failure_of([&] { lmdb_ledger{place.ledger, small_settings()}; });
  CHECK(says(f, failure_code::ledger_damaged, "packs/commit "));
  const auto out = place.root + "/out";
  std::filesystem::create_directories(out);
  const auto report = salvage_store(ledger_kind, place.ledger, out);
  bool told = false;
  for (const auto& line : report.lost)
    told = told || (line.find("packs/commit ") != std::string::npos &&
                    line.find(" neighbours, the first of them sensors/plant/TI-") != std::string::npos);
  CHECK(told);
  lmdb_ledger saved{out, small_settings()};
  const auto states = states_in(saved);
  CHECK(!states.contains(history::key(victim)));
  CHECK(states.size() > many / 2);
  CHECK(states.size() < many);
  for (const auto& [key, bytes] : states) {
    const auto i = std::stoull(std::string{sensor_of_ledger_key(key).sensor.text.substr(3)}) - 1000;
    uint64_t n = 2;
    while (!history::changes(i, n))
      --n;
    CHECK(bytes == history::stored(i, n));
  }
}

TEST_CASE("a newest record that is damaged is not replaced by what the pack has of before: its sensor starts anew") {
  const scratch place;
  std::map<std::string, std::string> states;
  for (uint64_t i = 0; i < many; ++i)
    states.emplace(history::key(i), history::state(i, 1));
  const auto victim = history::key(17);
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    ledger.commit(batch_of(1, states));
    // Few change: the newest of them lies in a record, beside the pack. Twice, so that both snapshots have it.
    for (uint64_t number = 2; number <= 4; ++number) {
      ledger_commit batch;
      batch.number = number;
      batch.sensors.push_back({victim, "what has changed of the seventeenth", 1});
      ledger.commit(batch);
    }
    CHECK(states_in(ledger).at(victim) != states.at(victim));
  }
  spoil(place.ledger, "of the seventeenth", 3);
  const auto out = place.root + "/out";
  std::filesystem::create_directories(out);
  const auto report = salvage_store(ledger_kind, place.ledger, out);
  CHECK(!report.lost.empty());
  lmdb_ledger saved{out, small_settings()};
  CHECK(saved.load().number == 4);
  states.erase(victim);
  CHECK(states_in(saved) == states);
}

} // namespace state_packs_test
