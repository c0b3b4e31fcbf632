#include "ledger_fixture.hpp"

#include <random>
#include <thread>

namespace ledger_test {

using namespace millwright;

namespace {

template <class T>
struct made;

template <>
struct made<lmdb_ledger> {
  scratch place;
  lmdb_ledger ledger{place.ledger, small_settings()};
};

template <>
struct made<memory_ledger> {
  memory_ledger ledger;
};

} // namespace

TEST_CASE_TEMPLATE("what was committed is what is there", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  const history plant;
  CHECK(plant.difference(m.ledger, 0) == "");
  for (uint64_t number = 1; number <= 30; ++number) {
    plant.commit(m.ledger, number);
    CHECK(plant.difference(m.ledger, number) == "");
  }
  CHECK(m.ledger.sensor(history::key(3)).has_value());
  CHECK_FALSE(m.ledger.sensor("plant").has_value());
}

TEST_CASE_TEMPLATE("names may have any length and order", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  std::map<std::string, std::string> expected;
  std::vector<std::string> keys;
  for (const size_t size : {1, 400, 494, 495, 496, 497, 511, 512, 5000})
    for (const char last : {'b', 'a'})
      keys.push_back(std::string(size, 'x') + last);
  ledger_commit batch;
  batch.number = 1;
  for (const auto& key : keys) {
    batch.sensors.push_back({key, key});
    batch.actors.push_back({key, key});
    batch.positions.emplace_back(key, key.size());
    batch.splits.emplace_back(key, "s" + key);
    batch.counters.emplace_back("rejected", key, 2);
    batch.node.emplace_back(key, key + "n");
    expected[key] = key;
  }
  m.ledger.commit(batch);
  batch.number = 2;
  batch.node = {{keys.back(), ""}, {keys.front(), ""}, {"never there", ""}};
  m.ledger.commit(batch);
  std::map<std::string, std::string> got;
  m.ledger.for_each_sensor([&](auto key, auto state, auto) { got.emplace(key, state); });
  CHECK(got == expected);
  got.clear();
  m.ledger.for_each_actor([&](auto key, auto state, auto) { got.emplace(key, state); });
  CHECK(got == expected);
  const auto state = m.ledger.load();
  CHECK(state.positions.size() == keys.size());
  CHECK(state.splits.at(keys.back()) == "s" + keys.back());
  CHECK(state.counters.at({"rejected", keys.back()}) == 4);
  CHECK(state.node.size() == keys.size() - 2);
  for (const auto& key : keys)
    CHECK(m.ledger.sensor(key).value().state == key);
}

TEST_CASE_TEMPLATE("a transition stays until it is journaled, once, in its order", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  std::vector<std::string> order;
  for (uint64_t n : {9, 2, 7, 4})
    order.push_back(encoded(transition_of(n)));
  ledger_commit batch;
  batch.number = 1;
  batch.transitions = {order[0], order[1]};
  m.ledger.commit(batch);
  batch.number = 2;
  batch.transitions = {order[1], order[2], order[3]};
  m.ledger.commit(batch);
  CHECK(m.ledger.load().transitions == order);
  batch.number = 3;
  batch.transitions = {encoded(transition_of(5))};
  batch.journaled = {{transition_of(2).alarm, transition_of(2).number},
                     {transition_of(5).alarm, transition_of(5).number},
                     {transition_of(11).alarm, 1}};
  m.ledger.commit(batch);
  CHECK(m.ledger.load().transitions == std::vector{order[0], order[2], order[3]});
}

TEST_CASE_TEMPLATE("another source's ledger is refused by name", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  CHECK(m.ledger.identity() == "");
  m.ledger.set_identity("kafka:a/readings");
  m.ledger.set_identity("kafka:a/readings");
  CHECK(m.ledger.identity() == "kafka:a/readings");
  CHECK(m.ledger.load().identity == "kafka:a/readings");
  const auto f = failure_of([&] { m.ledger.set_identity("simulation:1"); });
  CHECK(says(f, failure_code::ledger_foreign_source, "kafka:a/readings"));
  CHECK(says(f, failure_code::ledger_foreign_source, "simulation:1"));
  CHECK(m.ledger.identity() == "kafka:a/readings");
}

TEST_CASE_TEMPLATE("results are read on from a cursor", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  const history plant{3};
  for (uint64_t number = 1; number <= 20; ++number)
    plant.commit(m.ledger, number);
  std::string all, expected;
  result_cursor at;
  int calls = 0;
  for (;; ++calls) {
    const auto next = m.ledger.read_results(result_kind::anomalies, at, 500, [&](auto, const auto& block) {
      CHECK(block.kind == result_kind::anomalies);
      CHECK(block.rows == std::count(block.lines.begin(), block.lines.end(), '\n'));
      all += block.lines;
    });
    if (next == at)
      break;
    at = next;
  }
  for (uint64_t number = 1; number <= 20; ++number)
    expected += history::lines(result_kind::anomalies, number);
  CHECK(all == expected);
  CHECK(calls > 5);
  CHECK(m.ledger.read_results(result_kind::scores, {}, 500, [](auto, const auto&) { FAIL("none"); }) ==
        result_cursor{});

  uint64_t rows = 0, blocks = 0;
  const auto tail = m.ledger.before_newest(result_kind::anomalies, 30);
  m.ledger.read_results(result_kind::anomalies, tail, ~size_t{0}, [&](auto, const auto& block) {
    rows += block.rows;
    ++blocks;
  });
  CHECK(rows == 25 + 24);
  CHECK(blocks == 2);
  CHECK(m.ledger.before_newest(result_kind::anomalies, 0) == at);
  CHECK(m.ledger.before_newest(result_kind::anomalies, 1'000'000) == result_cursor{});
  CHECK(m.ledger.before_newest(result_kind::scores, 1) == result_cursor{});
}

TEST_CASE_TEMPLATE("commits out of turn are a mistake of the program", Ledger, lmdb_ledger, memory_ledger) {
  made<Ledger> m;
  const history plant;
  plant.commit(m.ledger, 1);
  CHECK_THROWS_AS(plant.commit(m.ledger, 1), std::logic_error);
  CHECK_THROWS_AS(plant.commit(m.ledger, 3), std::logic_error);
  CHECK(plant.difference(m.ledger, 1) == "");
}

TEST_CASE("a replay's results go to its sink") {
  std::string got;
  memory_ledger ledger{[&](const result_block& block) { got += block.lines; }};
  history{2}.commit(ledger, 1);
  CHECK(got == history::lines(result_kind::statistics, 1) + history::lines(result_kind::anomalies, 1));
  CHECK(ledger.read_results(result_kind::anomalies, {}, 1, [](auto, const auto&) { FAIL("kept"); }) == result_cursor{});
}

TEST_CASE("a key names its sensor") {
  const sensor_key key{{"plant"}, {"TI-101"}};
  CHECK(ledger_key(key).substr(1) == std::string("plant\0TI-101", 12));
  CHECK(static_cast<uint32_t>(ledger_key(key).front()) == ledger_turn(key) + 1);
  CHECK(sensor_of_ledger_key(ledger_key(key)) == key);
}

TEST_CASE("results are read whole while commits go on") {
  scratch place;
  lmdb_ledger ledger{place.ledger, small_settings()};
  const history plant{10};
  constexpr uint64_t last = 150;
  std::string all;
  bool states_whole = true;
  std::thread reader{[&] {
    result_cursor at;
    while (at.commit < last) {
      at = ledger.read_results(result_kind::statistics, at, 10'000, [&](auto, const auto& b) { all += b.lines; });
      const auto got = ledger.load();
      states_whole &= got.number == 0 || got.positions.at("topic/0") == got.number * 100;
      ledger.sensor(history::key(1));
    }
  }};
  for (uint64_t number = 1; number <= last; ++number)
    plant.commit(ledger, number);
  reader.join();
  std::string expected;
  for (uint64_t number = 1; number <= last; ++number)
    expected += history::lines(result_kind::statistics, number);
  CHECK(all == expected);
  CHECK(states_whole);
}

} // namespace ledger_test
