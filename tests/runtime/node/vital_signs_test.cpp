#include "runtime/node/vital_signs.hpp"

#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>

#include <atomic>
#include <optional>
#include <thread>

namespace vital_signs_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

vital_signs healthy(vital_signs::time_point now) {
  vital_signs out;
  out.commit_interval = 1s;
  out.last_commit = now - 1s;
  out.heard_until = now + 60s;
  return out;
}

/// A node that has read and committed what its source has, and waits for more.
struct waiting_node {
  waiting_node() {
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i)
      lines.push_back(reading_line("TI-" + std::to_string(i % 30), start + i * 1s, 20 + i % 3));
    auto source = std::make_unique<lines_source>(std::move(lines));
    source->may_end = [this] { return ended.load(); };
    auto settings = directory.settings();
    settings.shards = 3;
    host.emplace(std::move(settings), channel_surroundings{}, std::move(source));
    thread = std::thread{[this] {
      host->run();
      over = true;
    }};
    await([&] { return host->well(); });
  }
  ~waiting_node() {
    ended = true;
    thread.join();
  }
  /// It is to end by itself.
  void await_end() {
    await([&] { return over.load(); });
  }

  node_directory directory;
  std::atomic<bool> ended{false}, over{false};
  std::optional<node> host;
  std::thread thread;
};

} // namespace

TEST_CASE("a node is well that reads, commits and has somebody to page, and not where one of these fails") {
  const auto now = std::chrono::steady_clock::now();
  CHECK(healthy(now).well(now));
  auto x = healthy(now);
  x.ledger_failing = true;
  CHECK_FALSE(x.well(now));
  x = healthy(now);
  x.channels_down = true;
  CHECK_FALSE(x.well(now));
  x = healthy(now);
  x.whole = false;
  CHECK_FALSE(x.well(now));
}

TEST_CASE("a node is well until a reading is missed, and until two minutes and three intervals without a commit") {
  const auto now = std::chrono::steady_clock::now();
  const auto x = healthy(now);
  CHECK(x.well(now + 59s));
  CHECK_FALSE(x.well(now + 60s));
  auto silent_for_long = x;
  silent_for_long.heard_until = now + 1h;
  CHECK(silent_for_long.well(now + 121s));
  CHECK_FALSE(silent_for_long.well(now + 122s));
}

TEST_CASE("a node that never committed or never had a reading is not well, however long its machine has run") {
  const vital_signs::time_point soon{10s};
  auto x = healthy(soon);
  CHECK(x.well(soon));
  x.last_commit = {};
  CHECK_FALSE(x.well(soon));
  x = healthy(soon);
  x.heard_until = {};
  CHECK_FALSE(x.well(soon));
}

TEST_CASE("a whole node whose router dies again and again is not well any more, though it reads and commits") {
  waiting_node x;
  std::optional<alarm_router_actor> killed;
  await([&] {
    if (const auto router = x.host->router(); router && router != killed) {
      killed = router;
      caf::anon_send_exit(router, caf::exit_reason::kill);
    }
    return x.host->broken();
  });
  CHECK_FALSE(x.host->well());
  x.await_end();
  CHECK_FALSE(x.host->well());
}

TEST_CASE("a shard that dies ends the node, for whoever started it to start it anew, and it is not well meanwhile") {
  waiting_node x;
  REQUIRE(x.host->shards().size() == 3);
  caf::anon_send_exit(x.host->shards()[1], caf::exit_reason::kill);
  x.await_end();
  CHECK(x.host->broken());
  CHECK_FALSE(x.host->well());
}

} // namespace vital_signs_test
