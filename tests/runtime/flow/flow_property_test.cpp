#include "tests/random_runs.hpp"
#include "tests/runtime/flow/flow_world.hpp"

#include <doctest/doctest.h>

namespace flow_property_test {

using namespace millwright;
using namespace millwright::testing;

TEST_CASE("whatever the network loses, repeats and reorders, and whoever crashes between any two steps: each window is "
          "final once, with every reading, people see what was read, and all comes to rest") {
  uint64_t crashes = 0, closed = 0, rows = 0, full = 0;
  for (uint64_t seed = 1; seed <= random_runs(1000); ++seed) {
    CAPTURE(seed);
    flow::world_shape shape;
    shape.sources = static_cast<uint16_t>(1 + seed % 3);
    shape.receivers = static_cast<uint16_t>(1 + seed / 3 % 2);
    shape.facilities = static_cast<uint32_t>(1 + seed / 6 % 4);
    shape.limits.bundles = 1 + seed / 24 % 4;
    shape.limits.frames = 1 + seed / 96 % 5;
    shape.limits.frame_bytes = seed % 5 == 0 ? 1 : 300;
    shape.lost = static_cast<unsigned>(seed % 4 * 15);
    shape.crashes = static_cast<unsigned>(seed % 7);
    flow::world world{seed, shape};
    world.chaos();
    REQUIRE(world.broken() == "");
    REQUIRE(world.shows_what_was_read());
    REQUIRE(world.broken() == "");
    REQUIRE(world.comes_to_rest());
    REQUIRE(world.broken() == "");
    const auto found = world.rows();
    REQUIRE(found == world.plain_rows());
    crashes += world.crashes;
    closed += world.closed_on_the_way;
    rows += found.size();
    full += world.most_kept == shape.limits.bundles;
  }
  MESSAGE(crashes << " crashes, " << rows << " rows, " << full << " runs in which no room was left");
  CHECK(crashes > random_runs(4'000));
  CHECK(closed > random_runs(4'000));
  CHECK(full > random_runs(120));
}

} // namespace flow_property_test
