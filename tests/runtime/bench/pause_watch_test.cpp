#include "runtime/bench/pause_watch.hpp"

#include <doctest/doctest.h>

namespace pause_watch_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr pause_watch::clock::time_point begin{1h};

} // namespace

TEST_CASE("a reading's time is from being handed over to being judged") {
  pause_watch pauses;
  pauses.look(100, 0, begin);
  pauses.look(200, 0, begin + 10ms);
  pauses.look(200, 150, begin + 30ms);
  CHECK(pauses.readings() == 100);
  CHECK(pauses.longest() == 30);
  pauses.look(200, 200, begin + 35ms);
  CHECK(pauses.readings() == 200);
  CHECK(pauses.longest() == 30);
  CHECK(pauses.percentile(0.5) == 25);
  CHECK(pauses.percentile(0.51) == 30);
}

TEST_CASE("a pause that has not ended counts as far as it has come") {
  pause_watch pauses;
  pauses.look(10, 0, begin);
  pauses.look(10, 9, begin + 700ms);
  CHECK(pauses.longest() == 700);
  CHECK(pauses.readings() == 0);
}

TEST_CASE(
    "readings that came and went between two looks took no time; what was judged before the first does not count") {
  pause_watch pauses;
  pauses.look(1000, 1000, begin);
  CHECK(pauses.readings() == 0);
  pauses.look(1500, 1500, begin + 1ms);
  CHECK(pauses.readings() == 500);
  CHECK(pauses.longest() == 0);
  // One of a hundred waits.
  pauses.look(1505, 1500, begin + 2ms);
  pauses.look(1505, 1505, begin + 42ms);
  CHECK(pauses.percentile(0.99) == 0);
  CHECK(pauses.percentile(0.999) == 40);
}

TEST_CASE("the lag counts from when a reading fell due") {
  pause_watch pauses;
  pauses.look(5, 5, begin, begin - 20ms);
  pauses.look(5, 5, begin, begin + 20ms);
  CHECK(pauses.longest_lag() == 20);
  CHECK(pauses.longest() == 0);
}

} // namespace pause_watch_test
