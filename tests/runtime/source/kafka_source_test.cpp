#include "runtime/source/kafka_source.hpp"

#include "protocol/failure.hpp"
#include "tests/integration/broker/broker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace kafka_source_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

kafka_broker& the_broker() {
  static const auto broker = [] {
    auto made = std::make_unique<kafka_broker>();
    made->secure();
    made->start();
    return made;
  }();
  return *broker;
}

std::string fresh_topic(int partitions, const std::map<std::string, std::string>& config = {}) {
  static int count = 0;
  const auto name = "topic-" + std::to_string(++count);
  the_broker().create_topic(name, partitions, config);
  return name;
}

kafka_settings settings_for(const std::string& topic) {
  kafka_settings out;
  out.brokers = {the_broker().bootstrap()};
  out.topic = topic;
  return out;
}

/// What a source gave, copied, with a check of what holds for every poll.
struct taken {
  struct record {
    std::string text, key;
    uint16_t split;
    uint64_t position;
    std::optional<event_time> arrival;
  };
  std::vector<record> records;
  std::vector<source_event> events;
  std::map<uint16_t, uint64_t> next;

  void poll(source& from, size_t most = 1000) {
    record_batch batch;
    from.poll(batch, most, 50ms);
    CHECK(batch.records.size() <= most);
    for (const auto& each : batch.records) {
      REQUIRE(each.split < from.splits().size());
      if (const auto found = next.find(each.split); found != next.end())
        CHECK(each.position >= found->second);
      next[each.split] = each.position + 1;
      records.push_back({{each.data, each.size}, std::string{each.key}, each.split, each.position, each.arrival});
    }
    events.insert(events.end(), batch.events.begin(), batch.events.end());
  }

  bool until(source& from, const std::function<bool()>& enough, std::chrono::seconds most = 40s) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!enough()) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      poll(from);
    }
    return true;
  }

  bool records_until(source& from, size_t count) {
    return until(from, [&] { return records.size() >= count; });
  }

  bool has(source_event::kind kind) const { return find(kind) != nullptr; }

  const source_event* find(source_event::kind kind) const {
    for (const auto& each : events)
      if (each.what == kind)
        return &each;
    return nullptr;
  }

  size_t count(source_event::kind kind) const {
    size_t out = 0;
    for (const auto& each : events)
      out += each.what == kind;
    return out;
  }

  /// What a ledger keeps of a node that ends here: positions and marks.
  static void hand_over(const kafka_source& from, source& to) {
    std::map<std::string, uint64_t> positions;
    std::map<std::string, std::string> marks;
    for (size_t i = 0; i < from.splits().size(); ++i)
      if (const auto place = from.place(static_cast<uint16_t>(i))) {
        positions[from.splits()[i]] = place->position;
        marks[from.splits()[i]] = place->mark;
      }
    to.recall(marks);
    to.start(positions);
  }

  /// Positions by split name, as a ledger keeps them.
  std::map<std::string, uint64_t> positions(const source& from) const {
    std::map<std::string, uint64_t> out;
    for (const auto& [split, position] : next)
      out[from.splits()[split]] = position;
    return out;
  }
};

void produce_numbers(const std::string& topic, int partitions, int from, int to) {
  for (int i = from; i < to; ++i)
    the_broker().produce(topic, i % partitions, "key-" + std::to_string(i % 7), "value-" + std::to_string(i),
                         1'000 + i);
  the_broker().flush();
}

std::string failure_of(const std::function<void()>& action, failure_code code) {
  try {
    action();
  } catch (const failure& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  FAIL("nothing was thrown");
  return "";
}

} // namespace

TEST_CASE("a wrong property is the user's mistake and named") {
  kafka_settings settings;
  settings.properties["fetch.mximum"] = "1";
  auto text = failure_of([&] { kafka_source{settings}; }, failure_code::source_property);
  CHECK(text.find("source.kafka.properties.fetch.mximum") != text.npos);
  CHECK(text.find("No such configuration property") != text.npos);

  settings.properties = {{"fetch.wait.max.ms", "soon"}};
  text = failure_of([&] { kafka_source{settings}; }, failure_code::source_property);
  CHECK(text.find("source.kafka.properties.fetch.wait.max.ms") != text.npos);

  settings.properties = {{"auto.offset.reset", "latest"}};
  text = failure_of([&] { kafka_source{settings}; }, failure_code::source_property);
  CHECK(text.find("source.kafka.start") != text.npos);

  settings.properties.clear();
  settings.request_timeout = 1ms;
  text = failure_of([&] { kafka_source{settings}; }, failure_code::source_property);
  CHECK(text.find("source.kafka.request_timeout") != text.npos);
}

TEST_CASE("records come in order with key, time and position, and every partition's are there") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(4);
  produce_numbers(topic, 4, 0, 2000);
  kafka_source source{settings_for(topic)};
  CHECK(source.splits().empty());
  source.start({});
  taken got;
  REQUIRE(got.records_until(source, 2000));
  CHECK(got.records.size() == 2000);
  CHECK(source.identity() == "kafka:MkU3OEVBNTcwNTJENDM2Qg/" + topic);
  CHECK(source.splits() == std::vector<std::string>{topic + "/0", topic + "/1", topic + "/2", topic + "/3"});
  CHECK(got.count(source_event::kind::split_added) == 4);
  CHECK(got.count(source_event::kind::reachable) == 1);
  CHECK(source.backlog() == 0);
  CHECK_FALSE(source.finished());
  for (const auto& each : got.records) {
    const int number = static_cast<int>(each.position) * 4 + each.split;
    REQUIRE(each.text == "value-" + std::to_string(number));
    REQUIRE(each.key == "key-" + std::to_string(number % 7));
    // The producer's own time is no arrival.
    REQUIRE_FALSE(each.arrival);
  }
}

TEST_CASE("the time at which the broker took a record is its arrival") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1, {{"message.timestamp.type", "LogAppendTime"}});
  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  the_broker().produce(topic, 0, "k", "v", 1'000);
  the_broker().flush();
  kafka_source source{settings_for(topic)};
  source.start({});
  taken got;
  REQUIRE(got.records_until(source, 1));
  REQUIRE(got.records[0].arrival);
  CHECK(*got.records[0].arrival >= before - 1s);
}

TEST_CASE("a record without a payload is an empty one, and one without a key has an empty key") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  the_broker().produce_tombstone(topic, 0, "gone");
  the_broker().produce(topic, 0, "", "keyless");
  the_broker().flush();
  kafka_source source{settings_for(topic)};
  source.start({});
  taken got;
  REQUIRE(got.records_until(source, 2));
  CHECK(got.records[0].text.empty());
  CHECK(got.records[0].key == "gone");
  CHECK(got.records[1].text == "keyless");
  CHECK(got.records[1].key.empty());
}

TEST_CASE("text may be written over without harm to its neighbours") {
  if (!kafka_broker::available())
    return;
  for (const std::string compression : {"uncompressed", "lz4"}) {
    const auto topic = fresh_topic(1, {{"compression.type", compression}});
    for (int i = 0; i < 3000; ++i)
      the_broker().produce(topic, 0, "k", "value-" + std::to_string(i));
    the_broker().flush();
    kafka_source source{settings_for(topic)};
    source.start({});
    int next = 0;
    record_batch batch;
    const auto deadline = std::chrono::steady_clock::now() + 40s;
    while (next < 3000 && std::chrono::steady_clock::now() < deadline) {
      source.poll(batch, 100, 50ms);
      for (const auto& each : batch.records) {
        REQUIRE(std::string_view{each.data, each.size} == "value-" + std::to_string(next++));
        REQUIRE(each.key == "k");
        std::fill(each.data, each.data + each.size, '\0');
      }
    }
    CHECK(next == 3000);
  }
}

TEST_CASE("a start at given positions takes up exactly there") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(3);
  produce_numbers(topic, 3, 0, 3000);
  std::map<std::string, uint64_t> positions;
  std::map<std::string, int> seen;
  for (size_t pieces = 0; seen.size() < 3000; ++pieces) {
    REQUIRE(pieces < 20);
    kafka_source source{settings_for(topic)};
    source.start(positions);
    taken got;
    REQUIRE(got.records_until(source, std::min<size_t>(700, 3000 - seen.size())));
    for (const auto& each : got.records)
      ++seen[each.text];
    for (const auto& [split, position] : got.positions(source))
      positions[split] = position;
  }
  for (const auto& [text, count] : seen)
    REQUIRE(count == 1);
}

TEST_CASE("start latest gives only what comes afterwards") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 100);
  auto settings = settings_for(topic);
  settings.start = "latest";
  kafka_source source{settings};
  source.start({});
  taken got;
  // The end is looked up by the cluster; a record that is there counts once it is known to be behind it.
  REQUIRE(got.until(source, [&] { return source.backlog() == 0; }));
  int produced = 100;
  REQUIRE(got.until(source, [&] {
    produce_numbers(topic, 1, produced, produced + 1);
    ++produced;
    return !got.records.empty();
  }));
  CHECK(got.records.front().position >= 100);
}

TEST_CASE("partitions that the topic gains are found and read from their beginning") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 10);
  auto settings = settings_for(topic);
  settings.start = "latest";
  kafka_source source{settings};
  source.start({{topic + "/0", 4}});
  taken got;
  REQUIRE(got.records_until(source, 6));
  the_broker().add_partitions(topic, 3);
  the_broker().produce(topic, 2, "", "in the new one");
  the_broker().flush();
  REQUIRE(got.records_until(source, 7));
  CHECK(got.records.back().text == "in the new one");
  CHECK(got.records.back().split == 2);
  CHECK(got.records.back().position == 0);
  CHECK(source.splits() == std::vector<std::string>{topic + "/0", topic + "/1", topic + "/2"});
  CHECK(got.count(source_event::kind::split_added) == 3);
}

TEST_CASE("a broker that is killed and comes back costs two events and no reading") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(2);
  produce_numbers(topic, 2, 0, 1000);
  kafka_source source{settings_for(topic)};
  source.start({});
  taken got;
  REQUIRE(got.records_until(source, 1000));
  got.events.clear();

  the_broker().kill();
  REQUIRE(got.until(source, [&] { return got.has(source_event::kind::unreachable); }));
  CHECK(got.find(source_event::kind::unreachable)->detail.find(the_broker().bootstrap()) != std::string::npos);
  the_broker().start();
  REQUIRE(got.until(source, [&] { return got.has(source_event::kind::reachable); }));
  produce_numbers(topic, 2, 1000, 2000);
  REQUIRE(got.records_until(source, 2000));
  CHECK(got.records.size() == 2000);
  CHECK(got.count(source_event::kind::unreachable) == 1);
  CHECK(got.count(source_event::kind::reachable) == 1);
  std::map<std::string, int> seen;
  for (const auto& each : got.records)
    CHECK(++seen[each.text] == 1);
  CHECK(seen.size() == 2000);
}

TEST_CASE("a broker that is away at the start is waited for, and positions apply once it is there") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 10);
  the_broker().stop();
  kafka_source source{settings_for(topic)};
  source.start({{topic + "/0", 7}});
  taken got;
  REQUIRE(got.until(source, [&] { return got.has(source_event::kind::unreachable); }));
  CHECK(source.identity().empty());
  CHECK(source.splits().empty());
  CHECK_FALSE(source.backlog());
  the_broker().start();
  REQUIRE(got.records_until(source, 3));
  CHECK(got.records.front().position == 7);
  CHECK(got.has(source_event::kind::reachable));
  CHECK_FALSE(source.identity().empty());
}

TEST_CASE("a poll never waits much longer than it may, even with nobody there") {
  kafka_settings settings;
  settings.brokers = {"127.0.0.1:1"};
  const auto begin = std::chrono::steady_clock::now();
  auto source = std::make_unique<kafka_source>(settings);
  source->start({});
  record_batch batch;
  bool told = false;
  while (!told && std::chrono::steady_clock::now() - begin < 30s) {
    const auto before = std::chrono::steady_clock::now();
    source->poll(batch, 100, 50ms);
    CHECK(std::chrono::steady_clock::now() - before < 1s);
    for (const auto& each : batch.events)
      told = told || each.what == source_event::kind::unreachable;
  }
  CHECK(told);
  const auto end = std::chrono::steady_clock::now();
  source.reset();
  CHECK(std::chrono::steady_clock::now() - end < 2s);
}

TEST_CASE("a topic that does not exist is told, and read once it does") {
  if (!kafka_broker::available())
    return;
  kafka_source source{settings_for("made-later")};
  source.start({});
  taken got;
  REQUIRE(got.until(source, [&] { return got.has(source_event::kind::unreachable); }));
  CHECK(got.find(source_event::kind::unreachable)->detail.find("made-later") != std::string::npos);
  the_broker().create_topic("made-later", 2);
  produce_numbers("made-later", 2, 0, 10);
  REQUIRE(got.records_until(source, 10));
  CHECK(got.has(source_event::kind::reachable));
}

TEST_CASE("a position that retention has passed is a loss, tolerated or not") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(2);
  produce_numbers(topic, 2, 0, 200);
  the_broker().delete_records(topic, 1, 60);
  auto settings = settings_for(topic);
  {
    kafka_source source{settings};
    source.start({{topic + "/1", 5}});
    taken got;
    const auto text = failure_of([&] { got.until(source, [] { return false; }); }, failure_code::source_data_lost);
    CHECK(text.find(topic + "/1") != text.npos);
    CHECK(text.find("from is 5,") != text.npos);
    CHECK(text.find("record is 60 ") != text.npos);
  }
  settings.tolerate_data_loss = true;
  kafka_source source{settings};
  source.start({{topic + "/1", 5}});
  taken got;
  REQUIRE(got.records_until(source, 140));
  CHECK(got.records.size() == 140);
  const auto* lost = got.find(source_event::kind::lost);
  REQUIRE(lost);
  CHECK(lost->split == 1);
  CHECK(lost->from == 5);
  CHECK(lost->to == 60);
}

TEST_CASE("a position behind the end of the log is a loss too, and the log is read from its oldest record") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 20);
  auto settings = settings_for(topic);
  {
    kafka_source source{settings};
    source.start({{topic + "/0", 5000}});
    taken got;
    failure_of([&] { got.until(source, [] { return false; }); }, failure_code::source_data_lost);
  }
  settings.tolerate_data_loss = true;
  kafka_source source{settings};
  source.start({{topic + "/0", 5000}});
  taken got;
  REQUIRE(got.records_until(source, 20));
  const auto* lost = got.find(source_event::kind::lost);
  REQUIRE(lost);
  CHECK(lost->from == 5000);
  CHECK(lost->to == 0);
}

TEST_CASE("the position at the very end of the log is none") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 20);
  kafka_source source{settings_for(topic)};
  source.start({{topic + "/0", 20}});
  taken got;
  REQUIRE(got.until(source, [&] { return source.backlog() == 0; }));
  produce_numbers(topic, 1, 20, 21);
  REQUIRE(got.records_until(source, 1));
  CHECK(got.records.front().position == 20);
  CHECK_FALSE(got.has(source_event::kind::lost));
}

TEST_CASE("fetchers that find the queue full do not sleep while it empties") {
  if (!kafka_broker::available())
    return;
  constexpr int count = 48'000;
  const auto topic = fresh_topic(4);
  const std::string text(150, 'x');
  for (int i = 0; i < count; ++i) {
    the_broker().produce(topic, i % 4, "", text);
    if (i % 1600 == 1599)
      the_broker().flush();
  }
  auto settings = settings_for(topic);
  settings.properties["queued.min.messages"] = "1000";
  settings.properties["fetch.message.max.bytes"] = "160000";
  kafka_source source{settings};
  source.start({});
  taken got;
  REQUIRE(got.records_until(source, 1));
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(got.records_until(source, count));
  // Each fetch fills the queue, and a second's sleep after each would make it 11 s.
  const auto took = std::chrono::steady_clock::now() - begin;
  INFO("took ", std::chrono::duration_cast<milliseconds>(took).count(), " ms");
  CHECK(took < 6s);
}

TEST_CASE("where a partition begins and ends is a place as soon as it is found, without a record of it") {
  if (!kafka_broker::available())
    return;
  for (const std::string start : {"earliest", "latest"}) {
    const auto topic = fresh_topic(2);
    produce_numbers(topic, 2, 0, 200);
    // Retention has emptied it before anybody came.
    the_broker().delete_records(topic, 1, -1);
    auto settings = settings_for(topic);
    settings.start = start;
    const size_t old = start == "earliest" ? 100 : 0;
    kafka_source first{settings};
    first.start({});
    taken got;
    REQUIRE(got.until(
        first, [&] { return first.place(0) && first.place(1) && first.backlog() == 0 && got.records.size() >= old; }));
    CHECK(first.place(1)->position == 100);
    CHECK(first.place(0)->position == 100);
    CHECK(got.records.size() == old);

    // What comes while the node is away is read, from there on.
    produce_numbers(topic, 2, 200, 210);
    kafka_source second{settings};
    taken::hand_over(first, second);
    taken after;
    REQUIRE(after.records_until(second, 10));
    CHECK(after.records.front().position == 100);
    CHECK_FALSE(after.has(source_event::kind::lost));
    the_broker().delete_records(topic, 0, -1);
    the_broker().delete_records(topic, 1, -1);
    kafka_source third{settings};
    taken::hand_over(second, third);
    taken none;
    REQUIRE(none.until(third, [&] { return third.backlog() == 0 && third.place(1); }));
    CHECK(none.records.empty());
    CHECK_FALSE(none.has(source_event::kind::lost));
  }
}

TEST_CASE("a position that was committed as 0 before anything was known is none") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 50);
  the_broker().delete_records(topic, 0, 20);
  kafka_source source{settings_for(topic)};
  source.start({{topic + "/0", 0}});
  taken got;
  REQUIRE(got.records_until(source, 30));
  CHECK(got.records.front().position == 20);
  CHECK_FALSE(got.has(source_event::kind::lost));
}

TEST_CASE("a partition that was added while the node was away is read from its beginning, with start latest too") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 10);
  auto settings = settings_for(topic);
  settings.start = "latest";
  kafka_source first{settings};
  first.start({});
  taken nothing;
  REQUIRE(nothing.until(first, [&] { return first.place(0).has_value(); }));
  the_broker().add_partitions(topic, 2);
  the_broker().produce(topic, 1, "", "while it was away");
  the_broker().flush();
  kafka_source second{settings};
  taken::hand_over(first, second);
  taken got;
  REQUIRE(got.records_until(second, 1));
  CHECK(got.records[0].text == "while it was away");
}

TEST_CASE("marks of transactions and aborted records move the place: no backlog remains, and retention takes nothing") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  the_broker().produce_transaction(topic, 0, {"a", "b"}, true);
  the_broker().produce_transaction(topic, 0, {"x", "y", "z"}, false);
  kafka_source first{settings_for(topic)};
  first.start({});
  taken got;
  REQUIRE(got.until(first, [&] { return got.records.size() >= 2 && first.backlog() == 0; }));
  REQUIRE(got.records.size() == 2);
  // Two records and their mark, three aborted ones and theirs.
  CHECK(first.place(0)->position == 7);
  the_broker().delete_records(topic, 0, -1);
  kafka_source second{settings_for(topic)};
  taken::hand_over(first, second);
  the_broker().produce_transaction(topic, 0, {"c"}, true);
  taken after;
  REQUIRE(after.records_until(second, 1));
  CHECK(after.records[0].text == "c");
  CHECK(after.records[0].position == 7);
  CHECK_FALSE(after.has(source_event::kind::lost));
}

TEST_CASE("a topic that was made anew and has grown beyond the old place is refused with what to do, or a loss") {
  if (!kafka_broker::available())
    return;
  const std::string topic = "made-anew";
  the_broker().create_topic(topic, 1);
  produce_numbers(topic, 1, 0, 50);
  auto settings = settings_for(topic);
  auto first = std::make_unique<kafka_source>(settings);
  first->start({});
  taken got;
  REQUIRE(got.records_until(*first, 50));
  {
    // The same log: nothing is taken twice.
    kafka_source again{settings};
    taken::hand_over(*first, again);
    the_broker().produce(topic, 0, "", "next");
    the_broker().flush();
    taken more;
    REQUIRE(more.records_until(again, 1));
    CHECK(more.records[0].text == "next");
    CHECK(more.records[0].position == 50);
  }
  the_broker().delete_topic(topic);
  for (int tries = 0; tries < 100; ++tries)
    try {
      the_broker().create_topic(topic, 1);
      break;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(100ms);
    }
  produce_numbers(topic, 1, 1000, 1200);
  {
    kafka_source other{settings};
    taken::hand_over(*first, other);
    taken none;
    const auto text = failure_of([&] { none.until(other, [] { return false; }); }, failure_code::source_data_lost);
    CHECK(text.find("the topic was made anew") != text.npos);
    CHECK(text.find("source.kafka.tolerate_data_loss: true") != text.npos);
    CHECK(text.find("ledger.path") != text.npos);
    CHECK(text.find("alarms.path") != text.npos);
    CHECK(none.records.empty());
  }
  settings.tolerate_data_loss = true;
  kafka_source tolerant{settings};
  taken::hand_over(*first, tolerant);
  taken all;
  REQUIRE(all.records_until(tolerant, 200));
  CHECK(all.records.front().text == "value-1000");
  const auto* lost = all.find(source_event::kind::lost);
  REQUIRE(lost);
  CHECK(lost->from == 50);
  CHECK(lost->to == 0);
}

TEST_CASE("a client that is wrong about login or TLS, or has a wrong password, is told what it is") {
  if (!kafka_broker::available())
    return;
  struct wrong {
    std::string address, protocol, words;
  };
  const auto plain = the_broker().bootstrap(), login = the_broker().login_address(), tls = the_broker().tls_address();
  for (const auto& each : {wrong{login, "PLAINTEXT", "wants a login (SASL)"}, wrong{tls, "PLAINTEXT", "speaks TLS"},
                           wrong{login, "SASL_PLAINTEXT", "the login was refused"},
                           wrong{tls, "SASL_PLAINTEXT", "speaks TLS"}, wrong{plain, "SASL_PLAINTEXT", "knows no login"},
                           wrong{plain, "SSL", "does not speak TLS"}, wrong{tls, "SSL", "certificate verify failed"}}) {
    kafka_settings settings;
    settings.brokers = {each.address};
    settings.properties = {{"security.protocol", each.protocol}};
    if (each.protocol.starts_with("SASL")) {
      settings.properties["sasl.mechanism"] = "PLAIN";
      settings.properties["sasl.username"] = "node";
      ::setenv("MILLWRIGHT_TEST_PASSWORD", "wrong", 1);
      settings.properties["sasl.password"] = "env:MILLWRIGHT_TEST_PASSWORD";
    }
    kafka_source source{settings};
    source.start({});
    taken got;
    const auto told = [&] {
      return std::any_of(got.events.begin(), got.events.end(), [&](const auto& event) {
        return event.what == source_event::kind::unreachable && event.detail.find(each.words) != std::string::npos;
      });
    };
    INFO(each.address, " ", each.protocol, ": ", each.words);
    const bool in_time = got.until(source, told, 20s);
    if (!in_time)
      for (const auto& event : got.events)
        MESSAGE(event.detail);
    CHECK(in_time);
  }
}

TEST_CASE("with the right login and with the right authority a source reads") {
  if (!kafka_broker::available())
    return;
  const auto topic = fresh_topic(1);
  produce_numbers(topic, 1, 0, 10);
  ::setenv("MILLWRIGHT_TEST_PASSWORD", "right", 1);
  for (const bool with_tls : {false, true}) {
    auto settings = settings_for(topic);
    settings.brokers = {with_tls ? the_broker().tls_address() : the_broker().login_address()};
    if (with_tls)
      settings.properties = {{"security.protocol", "SSL"}, {"ssl.ca.location", the_broker().authority()}};
    else
      settings.properties = {{"security.protocol", "SASL_PLAINTEXT"},
                             {"sasl.mechanism", "PLAIN"},
                             {"sasl.username", "node"},
                             {"sasl.password", "env:MILLWRIGHT_TEST_PASSWORD"}};
    kafka_source source{settings};
    source.start({});
    taken got;
    CHECK(got.records_until(source, 10));
  }
}

} // namespace kafka_source_test
