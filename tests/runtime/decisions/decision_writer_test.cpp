#include "runtime/decisions/decision_writer.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace decision_writer_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// Keeps what it is given, or fails.
struct given_log final : decision_log {
  enum class mood { well, full, broken, hanging };
  std::atomic<mood> now{mood::well};
  std::vector<std::pair<std::string, uint64_t>> entries;

  void append(const std::string& split, const decision& entry) override {
    while (now == mood::hanging)
      std::this_thread::sleep_for(1ms);
    if (now == mood::full)
      throw failure{failure_code::journal_unwritable, split, "no space"};
    if (now == mood::broken)
      throw std::runtime_error{"broken"};
    entries.emplace_back(split, entry.position);
  }
  void take_back(const std::string& split, const decision& entry) override {
    std::erase(entries, std::pair{split, entry.position});
  }
  std::vector<decision> since(const std::string&, uint64_t) override { return {}; }
  void prune(const std::string& split, uint64_t before) override {
    std::erase_if(entries, [&](const auto& each) { return each.first == split && each.second < before; });
  }
};

using kind = decision_writer::order::kind;

decision_writer::order order_of(uint16_t split, uint64_t at, kind what = kind::append) {
  return {what, split, "s", {decision::kind::bound, at, {}}};
}

} // namespace

TEST_CASE("decisions come to the log in their order, and it is told when they are there") {
  given_log log;
  decision_writer writer{log};
  for (uint64_t at = 0; at < 100; ++at)
    writer.write(order_of(static_cast<uint16_t>(at % 3), at));
  CHECK(writer.wait(20s));
  const auto done = writer.collect();
  REQUIRE(done.size() == 100);
  for (uint64_t at = 0; at < 100; ++at) {
    CHECK(done[at].of.entry.position == at);
    CHECK(done[at].error.empty());
    CHECK(log.entries[at].second == at);
  }
  CHECK(writer.collect().empty());
}

TEST_CASE("a log that cannot be written is told with its words, any other failure is thrown") {
  given_log log;
  decision_writer writer{log};
  log.now = given_log::mood::full;
  writer.write(order_of(1, 7));
  CHECK(writer.wait(20s));
  const auto done = writer.collect();
  REQUIRE(done.size() == 1);
  CHECK(done[0].error.find("no space") != std::string::npos);
  log.now = given_log::mood::broken;
  writer.write(order_of(1, 7));
  CHECK(writer.wait(20s));
  CHECK_THROWS_AS(writer.collect(), std::runtime_error);
}

TEST_CASE("what was left is written before the end") {
  given_log log;
  {
    decision_writer writer{log};
    for (uint64_t at = 0; at < 50; ++at)
      writer.write(order_of(0, at));
  }
  CHECK(log.entries.size() == 50);
}

TEST_CASE("what is taken back and what is pruned comes in its order too") {
  given_log log;
  decision_writer writer{log};
  for (const uint64_t at : {1, 2, 3, 4})
    writer.write(order_of(0, at));
  writer.write(order_of(0, 3, kind::take_back));
  writer.write(order_of(0, 2, kind::prune));
  CHECK(writer.wait(20s));
  CHECK(log.entries == std::vector<std::pair<std::string, uint64_t>>{{"s", 2}, {"s", 4}});
  CHECK(writer.collect().back().of.what == kind::prune);
}

TEST_CASE(
    "a log that hangs is waited for as long as was asked, a hurry cuts that short, and its answer comes in the end") {
  given_log log;
  decision_writer writer{log};
  log.now = given_log::mood::hanging;
  writer.write(order_of(0, 1));
  CHECK_FALSE(writer.wait(100ms));
  CHECK_FALSE(writer.idle());
  CHECK(writer.collect().empty());
  const std::atomic<bool> hurry{true};
  CHECK_FALSE(writer.wait(5s, &hurry));
  log.now = given_log::mood::well;
  CHECK(writer.wait(20s));
  CHECK(writer.idle());
  CHECK(writer.collect().size() == 1);
}

} // namespace decision_writer_test
