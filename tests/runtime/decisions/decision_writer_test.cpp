#include "runtime/decisions/decision_writer.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

using namespace millwright;

namespace {

/// Keeps what it is given, or fails.
struct given_log final : decision_log {
  enum class mood { well, full, broken };
  std::atomic<mood> now{mood::well};
  std::vector<std::pair<std::string, uint64_t>> entries;

  void append(const std::string& split, const decision& entry) override {
    if (now == mood::full)
      throw failure{failure_code::journal_unwritable, split, "no space"};
    if (now == mood::broken)
      throw std::runtime_error{"broken"};
    entries.emplace_back(split, entry.position);
  }
  std::vector<decision> since(const std::string&, uint64_t) override { return {}; }
  void prune(const std::string&, uint64_t) override {}
};

} // namespace

TEST_CASE("decisions come to the log in their order, and it is told when they are there") {
  given_log log;
  decision_writer writer{log};
  for (uint64_t at = 0; at < 100; ++at)
    writer.write(static_cast<uint16_t>(at % 3), "s", {decision::kind::bound, at, {}});
  writer.wait();
  const auto done = writer.collect();
  REQUIRE(done.size() == 100);
  for (uint64_t at = 0; at < 100; ++at) {
    CHECK(done[at].entry.position == at);
    CHECK(done[at].error.empty());
    CHECK(log.entries[at].second == at);
  }
  CHECK(writer.collect().empty());
}

TEST_CASE("a log that cannot be written is told with its words, any other failure is thrown") {
  given_log log;
  decision_writer writer{log};
  log.now = given_log::mood::full;
  writer.write(1, "s", {decision::kind::bound, 7, {}});
  writer.wait();
  const auto done = writer.collect();
  REQUIRE(done.size() == 1);
  CHECK(done[0].error.find("no space") != std::string::npos);
  log.now = given_log::mood::broken;
  writer.write(1, "s", {decision::kind::bound, 7, {}});
  writer.wait();
  CHECK_THROWS_AS(writer.collect(), std::runtime_error);
}

TEST_CASE("what was left is written before the end") {
  given_log log;
  {
    decision_writer writer{log};
    for (uint64_t at = 0; at < 50; ++at)
      writer.write(0, "s", {decision::kind::bound, at, {}});
  }
  CHECK(log.entries.size() == 50);
}
