#include "actors/channel/circuit_breaker.hpp"

#include <doctest/doctest.h>

#include <set>

namespace circuit_breaker_test {

using namespace millwright;
using namespace std::chrono_literals;
using state = circuit_breaker::state;

namespace {

circuit_breaker fresh(uint64_t seed = 1) {
  return {{500ms, 60'000ms}, seed};
}

} // namespace

TEST_CASE("a receiver that fails is left alone, then tried once, and is well when it answers") {
  auto x = fresh();
  CHECK(x.look(0ms) == state::closed);
  const auto pause = x.failed(1000ms);
  CHECK(x.look(1000ms + pause - 1ms) == state::open);
  CHECK(x.look(1000ms + pause) == state::half_open);
  x.answered();
  CHECK(x.look(1000ms + pause) == state::closed);
  CHECK(x.failures() == 0);
}

TEST_CASE("tries of one that is down are single, and come ever more seldom") {
  auto x = fresh();
  milliseconds now{0};
  int tries = 0;
  while (now < 3'600'000ms) {
    now += x.failed(now);
    CHECK(x.look(now) == state::half_open);
    ++tries;
  }
  // An hour at half a minute to a minute each, and the first ones.
  CHECK(tries >= 60);
  CHECK(tries <= 130);
}

TEST_CASE("a receiver's own wish counts where it is longer") {
  auto x = fresh();
  CHECK(x.failed(0ms, 7000ms) == 7000ms);
  CHECK(x.failed(0ms, 0ms) >= 500ms);
}

TEST_CASE("one that falls back right after its return is not asked as often as one that never failed") {
  auto x = fresh();
  milliseconds now{0};
  for (int i = 0; i < 20; ++i)
    now += x.failed(now);
  x.answered();
  CHECK(x.failed(now) >= 4000ms);
  for (int i = 0; i < 4; ++i)
    x.answered();
  CHECK(x.failed(now) <= 500ms);
}

TEST_CASE("what fails together does not come back together, and the same seed gives the same pauses") {
  std::set<milliseconds> pauses;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    auto x = fresh(seed), again = fresh(seed);
    milliseconds pause{0};
    for (int i = 0; i < 9; ++i) {
      pause = x.failed(0ms);
      CHECK(again.failed(0ms) == pause);
    }
    CHECK(pause >= 30'000ms);
    CHECK(pause <= 60'000ms);
    pauses.insert(pause);
  }
  CHECK(pauses.size() > 15);
}

} // namespace circuit_breaker_test
