#include "ledger_fixture.hpp"

#include <lmdb.h>

#include <fstream>
#include <random>

namespace lmdb_damage_test {

using namespace millwright;

namespace {

constexpr uint64_t commits = 25;

std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                static_cast<std::streamsize>(bytes.size()));
}

/// A closed ledger of `commits` commits, to be damaged over and over.
struct closed_ledger {
  closed_ledger() {
    {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (uint64_t number = 1; number <= commits; ++number)
        plant.commit(ledger, number);
    }
    content = read_file(place.ledger + "/data.mdb");
    newest = read_file(place.ledger + "/newest");
  }

  enum class outcome { refused, whole, wrong };

  /// Opens and reads everything in `content`; then goes on with a commit.
  outcome open(std::string_view content, bool clean) {
    write_file(place.ledger + "/data.mdb", content);
    if (clean)
      write_file(place.ledger + "/clean", "");
    else
      std::filesystem::remove(place.ledger + "/clean");
    write_file(place.ledger + "/newest", newest);
    std::string difference;
    const auto f = failure_of([&] {
      lmdb_ledger ledger{place.ledger, small_settings()};
      difference = plant.difference(ledger, commits);
      if (!difference.empty())
        return;
      plant.commit(ledger, commits + 1);
      difference = plant.difference(ledger, commits + 1);
    });
    if (f) {
      words = f->what();
      CHECK_MESSAGE((f->code() == failure_code::ledger_damaged || f->code() == failure_code::ledger_version), words);
      return outcome::refused;
    }
    words = difference;
    return difference.empty() ? outcome::whole : outcome::wrong;
  }

  scratch place;
  history plant{120};
  std::string words, content, newest;
};

} // namespace

TEST_CASE("a flipped bit is never silent and never a crash") {
  closed_ledger l;
  REQUIRE(l.open(l.content, true) == closed_ledger::outcome::whole);
  std::mt19937_64 random{42};
  int refused = 0, whole = 0;
  for (int round = 0; round < 250; ++round) {
    auto content = l.content;
    // A third of them where LMDB keeps its trees: the meta pages, the heads of pages.
    const size_t at = round % 3 == 0   ? random() % 200 + random() % 2 * 4096
                      : round % 3 == 1 ? random() % (content.size() / 4096) * 4096 + random() % 64
                                       : random() % content.size();
    content[at] = static_cast<char>(content[at] ^ 1 << random() % 8);
    const auto outcome = l.open(content, round % 2);
    CHECK_MESSAGE(outcome != closed_ledger::outcome::wrong, "byte " << at << ": " << l.words);
    ++(outcome == closed_ledger::outcome::refused ? refused : whole);
  }
  MESSAGE(refused << " refused, " << whole << " harmless");
  CHECK(refused > 20);
}

TEST_CASE("a page of nonsense is never silent and never a crash") {
  closed_ledger l;
  std::mt19937_64 random{43};
  int refused = 0;
  for (size_t page = 2; page < l.content.size() / 4096; ++page) {
    auto content = l.content;
    for (int i = 0; i < 20; ++i)
      content[page * 4096 + random() % 4096] ^= 0x10;
    const auto outcome = l.open(content, page % 2);
    CHECK_MESSAGE(outcome != closed_ledger::outcome::wrong, "page " << page << ": " << l.words);
    refused += outcome == closed_ledger::outcome::refused;
  }
  CHECK(refused > 10);
}

TEST_CASE("a truncated file is refused") {
  closed_ledger l;
  std::mt19937_64 random{44};
  int refused = 0;
  for (int round = 0; round < 30; ++round) {
    const size_t size = 1 + random() % (l.content.size() - 1);
    const auto outcome = l.open(std::string_view{l.content}.substr(0, size), round % 2);
    CHECK_MESSAGE(outcome != closed_ledger::outcome::wrong, "size " << size << ": " << l.words);
    refused += outcome == closed_ledger::outcome::refused;
  }
  CHECK(refused > 20);
  CHECK(l.open("", false) == closed_ledger::outcome::refused);
}

TEST_CASE("a damaged record is named by its key") {
  closed_ledger l;
  const auto newest_state = history::state(7, history::whole_at(7, commits));
  auto content = l.content;
  for (size_t at = content.find(newest_state); at != std::string::npos; at = content.find(newest_state, at + 1))
    content[at + 20] ^= 1;
  REQUIRE(content != l.content);
  CHECK(l.open(content, true) == closed_ledger::outcome::refused);
  CHECK(l.words.find("sensors/plant/TI-1007 is damaged") != std::string::npos);
}

TEST_CASE("an older copy of the file is not taken for the newest") {
  scratch place;
  const history plant{5};
  const auto data = place.ledger + "/data.mdb";
  const auto commit = [&](uint64_t number) {
    lmdb_ledger ledger{place.ledger, small_settings()};
    plant.commit(ledger, number);
  };
  commit(1);
  const auto old = read_file(data);
  commit(2);
  write_file(data, old);
  const auto f = failure_of([&] { lmdb_ledger{place.ledger, small_settings()}; });
  CHECK(says(f, failure_code::ledger_damaged, "commit 2 was written, but the newest in the file is 1"));
  std::filesystem::remove(place.ledger + "/newest");
  lmdb_ledger ledger{place.ledger, small_settings()};
  CHECK(plant.difference(ledger, 1) == "");
}

TEST_CASE("a newer version's ledger and a newer version's record are refused") {
  for (const bool whole_ledger : {true, false}) {
    scratch place;
    {
      lmdb_ledger ledger{place.ledger, small_settings()};
      history{5}.commit(ledger, 1);
    }
    const std::string key = whole_ledger ? "format" : "incarnation";
    std::string payload(4, '\0');
    payload[0] = static_cast<char>(ledger_format_version + 1);
    std::string value(record_size(key, payload), '\0');
    write_record(value.data(), whole_ledger ? ledger_table::meta : ledger_table::node, key, payload,
                 whole_ledger ? record_version : record_version + 1);
    {
      lmdb_environment environment{place.ledger, 64 << 20};
      lmdb_transaction txn{environment, lmdb_transaction::kind::writing};
      auto k = as_value(key), v = as_value(value);
      REQUIRE(mdb_put(txn.get(), environment.table(whole_ledger ? ledger_table::meta : ledger_table::node), &k, &v,
                      0) == 0);
      txn.commit();
    }
    const auto f = failure_of([&] { lmdb_ledger{place.ledger, small_settings()}; });
    CHECK(says(f, failure_code::ledger_version, whole_ledger ? "meta/format" : "node/incarnation"));
  }
}

TEST_CASE("the check finds nothing in a ledger that is whole, however it was used") {
  scratch place;
  std::mt19937_64 random{45};
  uint64_t number = 0;
  std::map<std::string, std::string> expected;
  auto settings = small_settings(256 << 20);
  settings.retention_bytes = 2 << 20;
  for (int round = 0; round < 12; ++round) {
    lmdb_ledger ledger{place.ledger, settings};
    std::map<std::string, std::string> got;
    ledger.for_each_sensor([&](auto key, auto state, auto) { got.emplace(key, state); });
    REQUIRE(got == expected);
    for (int i = 0; i < 8; ++i) {
      ledger_commit batch;
      batch.number = ++number;
      std::map<std::string, std::string> changed;
      for (uint64_t n = random() % 600; n > 0; --n)
        changed[std::string{"plant-"} + std::to_string(random() % 2000)] =
            std::string(random() % 100 ? random() % 1500 : 9000, 'x');
      for (const auto& [key, state] : changed)
        batch.sensors.push_back({key, state});
      const std::string lines(random() % 400'000, static_cast<char>(random()));
      batch.results = results_of({{result_kind::patterns, from_epoch_ms(0), from_epoch_ms(0), 1, lines}});
      for (int k = 0; k < 30; ++k)
        batch.transitions.push_back(encoded(transition_of(random() % 500)));
      for (int k = 0; k < 25; ++k)
        batch.journaled.emplace_back(transition_of(random() % 500).alarm, 1);
      ledger.commit(batch);
      for (auto& [key, state] : changed)
        expected[key] = state;
    }
    if (round % 3 == 0)
      ledger.set_identity("x");
  }
}

} // namespace lmdb_damage_test
