#include "runtime/barrier/barrier_pace.hpp"

#include <doctest/doctest.h>

namespace barrier_pace_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("barriers come at the interval as long as commits take less than half of it") {
  const barrier_pace pace{5s};
  CHECK_FALSE(pace.due(4999ms, 0ms));
  CHECK(pace.due(5s, 0ms));
  CHECK(pace.due(5s, 2500ms));
}

TEST_CASE("a commit that takes long is followed by as long a time without one") {
  const barrier_pace pace{5s};
  CHECK_FALSE(pace.due(19'999ms, 10s));
  CHECK(pace.due(20s, 10s));
  CHECK(pace.due(5s, 1ms));
}

TEST_CASE("a commit in which the machine was suspended for hours puts the next one off by a minute at most") {
  CHECK(barrier_pace{5s}.due(60s, 8h));
  CHECK_FALSE(barrier_pace{5s}.due(59s, 8h));
  CHECK_FALSE(barrier_pace{5min}.due(4min, 8h));
  CHECK(barrier_pace{5min}.due(5min, 8h));
}

TEST_CASE("readings that are held are bounded, by the sensors of a large plant") {
  constexpr size_t mib = 1 << 20;
  CHECK(barrier_pace::held_most(0) == 512 * mib);
  CHECK(barrier_pace::held_most(125'000) == 512 * mib);
  CHECK(barrier_pace::held_most(1 << 20) == 3072 * mib);
}

TEST_CASE("half of what may be held presses for a commit") {
  constexpr size_t mib = 1 << 20;
  CHECK_FALSE(barrier_pace::presses(256 * mib, 1000));
  CHECK(barrier_pace::presses(256 * mib + 1, 1000));
  CHECK_FALSE(barrier_pace::presses(1536 * mib, 1 << 20));
  CHECK(barrier_pace::presses(1537 * mib, 1 << 20));
}

} // namespace barrier_pace_test
