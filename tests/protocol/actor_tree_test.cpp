#include "protocol/actor_tree.hpp"

#include <doctest/doctest.h>

#include <string>

namespace actor_tree_test {

using namespace millwright;

TEST_CASE("a name is the way from the root, and gives it back whatever stands in an id") {
  CHECK(actor_path{"node", "shard", "0"}.name() == "node/shard/0");
  CHECK(actor_path{"node", "shard", "0", "sensor", "hall 1/east", "TI%\n1"}.name() ==
        "node/shard/0/sensor/hall 1%2Feast/TI%25%0A1");
  std::string every;
  for (int byte = 0; byte < 256; ++byte)
    every += static_cast<char>(byte);
  for (const auto& id : {every, std::string{}, std::string{"%"}, std::string{"//"}, std::string{"T\xc3\xbcr"}}) {
    const actor_path path{"node", "above", "equipment", "north", id};
    const auto name = path.name();
    for (const char c : name)
      CHECK(static_cast<unsigned char>(c) >= 0x20);
    const auto back = actor_path::of(name);
    REQUIRE(back);
    CHECK(*back == path);
  }
}

TEST_CASE("what no name is written like is none") {
  for (const auto* text : {"node/%", "node/%2", "node/%2G", "%G0", "node/a%+1"})
    CHECK(!actor_path::of(text));
  CHECK(actor_path::of("")->parts == std::vector<std::string>{""});
  CHECK(actor_path::of("node/")->parts == std::vector<std::string>{"node", ""});
}

TEST_CASE("a path begins with its ancestors") {
  const actor_path sensor{"node", "shard", "1", "sensor", "f", "s"};
  CHECK(sensor.begins({"node", "shard", "1"}));
  CHECK(sensor.begins(sensor));
  CHECK(!sensor.begins({"node", "shard", "0"}));
  CHECK(!actor_path{"node"}.begins(sensor));
}

} // namespace actor_tree_test
