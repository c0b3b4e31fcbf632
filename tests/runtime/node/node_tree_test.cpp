#include "actors/kit/actor_type.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <rapidjson/document.h>

#include <set>
#include <string>
#include <thread>

namespace node_tree_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const bool kinds_are_registered = (register_built_in_actor_types(), true);

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

/// A node whose source has given all it has, and waits.
struct waiting_node {
  waiting_node() {
    std::vector<std::string> lines;
    for (int i = 0; i < 120; ++i)
      lines.push_back(reading_line("TI-" + std::to_string(i % 30), start + i * 1s, 20 + i % 3));
    auto source = std::make_unique<lines_source>(std::move(lines));
    source->may_end = [this] { return ended.load(); };
    auto settings = directory.settings();
    settings.shards = 3;
    settings.channels.emplace_back().name = "duty";
    settings.channels.back().kind = channel_kind::log;
    host.emplace(std::move(settings), channel_surroundings{}, std::move(source));
    thread = std::thread{[this] { host->run(); }};
    await([&] { return host->status().commits > 0 && host->status().accepted == 120 && host->above().living() > 0; });
  }
  ~waiting_node() {
    ended = true;
    thread.join();
  }

  node_directory directory;
  std::atomic<bool> ended{false};
  std::optional<node> host;
  std::thread thread;
};

} // namespace

TEST_CASE("every actor of a node has a name, a parent that is there, a kind, and says how it is") {
  waiting_node x;
  auto& tree = x.host->tree();
  const auto rows = tree.tree("node", 1000);
  std::set<std::string> names;
  std::map<std::string, int> kinds;
  for (const auto& each : rows) {
    REQUIRE(each.folded == 0);
    const auto name = each.line.path.name();
    CHECK(names.insert(name).second);
    ++kinds[each.line.kind];
    if (name != "node")
      CHECK(names.contains(each.line.parent.name()));
    CHECK(each.line.state == actor_state::living);
    const auto told = tree.describe(name);
    CHECK(told.line.kind == each.line.kind);
    REQUIRE_MESSAGE(told.state, name);
    rapidjson::Document state;
    CHECK(state.Parse(told.state->data(), told.state->size()).IsObject());
  }
  CHECK(kinds["node"] == 1);
  CHECK(kinds["router"] == 1);
  CHECK(kinds["owner"] == 1);
  CHECK(kinds["channel"] == 1);
  CHECK(kinds["monitor"] == 1);
  CHECK(kinds["shard"] == 3);
  CHECK(kinds["sensor"] == 30);
  CHECK(kinds["host"] == 1);
  CHECK(kinds["facility"] == 1);
  CHECK(names.contains("node/paging/channel/duty"));
  CHECK(names.contains("node/above/facility/plant"));
}

TEST_CASE("the root hears of a router's end, has it begun anew, and says so") {
  waiting_node x;
  auto& tree = x.host->tree();
  const auto before = x.host->router();
  caf::anon_send_exit(before, caf::exit_reason::kill);
  await([&] { return x.host->router() != before; });
  await([&] { return x.host->pages(); });
  const auto told = tree.describe("node");
  REQUIRE(told.state);
  CHECK(told.state->find(R"("part":"paging","deaths":1,"begun_anew_when_dead":true)") != std::string::npos);
  CHECK(told.state->find(R"("begun_anew":1)") != std::string::npos);
  CHECK(told.state->find("node/paging/router") != std::string::npos);
  CHECK(tree.describe("node/paging/router").state);
}

} // namespace node_tree_test
