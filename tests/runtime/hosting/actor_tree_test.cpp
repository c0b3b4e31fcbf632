#include "runtime/hosting/actor_tree.hpp"

#include "protocol/failure.hpp"
#include "runtime/hosting/sensor_branch.hpp"
#include "tests/runtime/hosting/node_bench.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

namespace actor_tree_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const actor_path root{"node"};

/// A root with three of a kind and many of another one.
class small_branch final : public actor_branch {
public:
  void count(const actor_path& parent, std::vector<actor_count>& out) override {
    if (parent == root)
      out = {{"few", 3}, {"many", 25'000}};
  }
  actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) override {
    if (parent != root)
      return {};
    return batch_of(from, kind == "few" ? 3 : 25'000, limit, 100'000,
                    [&](uint64_t i) { return std::optional{line(std::string{kind}, i)}; });
  }
  std::optional<actor_line> find(const actor_path& path) override {
    if (path == root)
      return actor_line{root, {}, "node", actor_state::living};
    if (path.parts.size() == 3 && path.begins(root) && (path.parts[1] == "few" || path.parts[1] == "many"))
      return line(path.parts[1], std::stoull(path.parts[2]));
    return std::nullopt;
  }
  std::optional<std::string> describe(const actor_line& line) override {
    return line.kind == "few" ? std::optional<std::string>{R"({"n":1})"} : std::nullopt;
  }

private:
  static actor_line line(const std::string& kind, uint64_t i) {
    return {{"node", kind, std::to_string(i)}, root, kind, i == 2 ? actor_state::dead : actor_state::living};
  }
};

/// Sensors with real actors; a thread in the driver's place.
struct sensors {
  explicit sensors(std::function<void(const reading&)> before_reading = {})
      : bench{std::move(before_reading), 2, 3}, branch{
                                                    bench.system(), bench.keeper(), bench.outputs(), questions,
                                                    [](uint16_t split) { return "split/" + std::to_string(split); }} {
    tree.add(own);
    tree.add(branch);
  }

  /// While it is asked from another thread.
  template <class Ask>
  void driven(Ask ask) {
    std::atomic<bool> done{false};
    std::jthread person{[&] {
      ask();
      done = true;
    }};
    while (!done) {
      bench.look_after();
      questions.work();
    }
  }

  node_bench bench;
  driver_questions questions;
  small_branch own;
  sensor_branch branch;
  actor_tree tree;
};

} // namespace

TEST_CASE("a tree is told depth first, and of many how many") {
  small_branch branch;
  actor_tree tree;
  tree.add(branch);
  const auto rows = tree.tree("node", 20);
  REQUIRE(rows.size() == 5);
  CHECK(rows[0].line.path.name() == "node");
  CHECK(rows[0].line.parent.name().empty());
  CHECK(rows[3].line.path.name() == "node/few/2");
  CHECK(rows[3].line.state == actor_state::dead);
  CHECK(rows[4].folded == 25'000);
  CHECK(rows[4].line.kind == "many");
  CHECK(rows[4].line.parent == root);
  CHECK(tree.tree("node", 2).size() == 3);
  CHECK(tree.tree("node/few/1", 20).size() == 1);
}

TEST_CASE("those of a kind are told page by page, each once") {
  small_branch branch;
  actor_tree tree;
  tree.add(branch);
  std::set<std::string> names;
  uint64_t from = 0;
  int pages = 0;
  do {
    const auto page = tree.children("node", "many", from, 1000);
    CHECK(page.lines.size() == 1000);
    for (const auto& each : page.lines)
      CHECK(names.insert(each.path.name()).second);
    from = page.next;
    ++pages;
  } while (from != 0);
  CHECK(pages == 25);
  CHECK(names.size() == 25'000);
}

TEST_CASE("a name that nobody has, and a kind that is not there, are told") {
  small_branch branch;
  actor_tree tree;
  tree.add(branch);
  CHECK_THROWS_WITH_AS(tree.tree("nod", 20), doctest::Contains("nod: no actor of this name"), failure);
  CHECK_THROWS_WITH_AS(tree.describe("node/%"), doctest::Contains("no actor of this name"), failure);
  CHECK_THROWS_WITH_AS(tree.children("node", "sensor", 0, 10), doctest::Contains("there is few, many"), failure);
  CHECK_THROWS_WITH_AS(tree.children("node/few/0", "few", 0, 10), doctest::Contains("there is nothing"), failure);
}

TEST_CASE("who does not answer has no description, and still its line") {
  small_branch branch;
  actor_tree tree;
  tree.add(branch);
  CHECK(tree.describe("node/few/0").state == R"({"n":1})");
  const auto silent = tree.describe("node/many/7");
  CHECK(!silent.state);
  CHECK(silent.line.kind == "many");
}

TEST_CASE("each sensor stands once below its shard, and says how it is") {
  sensors x;
  for (uint64_t i = 0; i < 200; ++i)
    x.bench.feed(static_cast<int>(i % 20), from_epoch_ms(1'700'000'000'000) + i * 1s, 20.0 + static_cast<double>(i % 3),
                 i);
  x.driven([&] {
    std::set<std::string> names;
    for (const auto* shard : {"node/shard/0", "node/shard/1"}) {
      CHECK(x.tree.tree(shard, 5).size() == 2);
      CHECK(x.tree.tree(shard, 5)[1].folded == 10);
      for (uint64_t from = 0; const auto& each : x.tree.children(shard, "sensor", from, 100).lines) {
        CHECK(each.parent.name() == shard);
        CHECK(each.state == actor_state::living);
        names.insert(each.path.parts.back());
        const auto told = x.tree.describe(each.path.name());
        REQUIRE(told.state);
        CHECK(told.state->find(R"("sensor_id":")" + each.path.parts.back() + '"') != std::string::npos);
        CHECK(told.state->find(R"("readings":10,)") != std::string::npos);
        CHECK(told.state->find(R"("split":"split/0")") != std::string::npos);
      }
      const auto told = x.tree.describe(shard);
      REQUIRE(told.state);
      CHECK(told.state->find(R"("actors_so_far":10,"deaths":0)") != std::string::npos);
    }
    CHECK(names.size() == 20);
    CHECK_THROWS_WITH_AS(x.tree.describe("node/shard/2"), doctest::Contains("no actor"), failure);
    CHECK_THROWS_WITH_AS(x.tree.describe("node/shard/0/sensor/plant/none"), doctest::Contains("no actor"), failure);
  });
}

TEST_CASE("a shard has heard of its sensor's deaths, and a quarantined sensor says so") {
  sensors x{[](const reading& r) {
    if (r.context->key.sensor.text == "S-3")
      throw std::runtime_error{"a fault of the test"};
  }};
  for (uint64_t i = 0; i < 200 && x.bench.quarantined().empty(); ++i) {
    x.bench.feed(3, from_epoch_ms(1'700'000'000'000) + i * 1s, 20, i);
    x.bench.keeper().flush(1);
    std::this_thread::sleep_for(5ms);
  }
  REQUIRE(!x.bench.quarantined().empty());
  const auto shard = actor_path{"node", "shard", std::to_string(x.bench.keeper().shard_of(x.bench.slot(3)))};
  auto name = shard;
  name.parts.insert(name.parts.end(), {"sensor", "plant", "S-3"});
  x.driven([&] {
    CHECK(x.tree.describe(name.name()).line.state == actor_state::quarantined);
    const auto told = x.tree.describe(shard.name());
    REQUIRE(told.state);
    CHECK(told.state->find("a fault of the test") != std::string::npos);
    CHECK(told.state->find(R"("deaths":0)") == std::string::npos);
  });
}

} // namespace actor_tree_test
