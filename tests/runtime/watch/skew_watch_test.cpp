#include "runtime/watch/skew_watch.hpp"

#include <doctest/doctest.h>

#include <map>

namespace skew_watch_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'790'000'000'000);

struct split {
  skew_watch watch;
  std::map<uint32_t, uint32_t> numbers;
  event_time now = start;

  void take(uint32_t slot, milliseconds away, bool ahead) {
    auto& number = numbers[slot];
    number = watch.took(number, slot, 0, now + away, now, ahead);
  }
};

} // namespace

TEST_CASE("a clock is off after ten readings in a row that are ahead, over a minute") {
  split s;
  for (int i = 0; i < 9; ++i, s.now += 10s)
    s.take(7, 3600s, true);
  CHECK(s.watch.of(0).ahead == 0);
  s.take(7, 3600s, true);
  const auto found = s.watch.of(0);
  CHECK(found.ahead == 1);
  REQUIRE(found.worst.size() == 1);
  CHECK(found.worst[0].slot == 7);
  CHECK(found.worst[0].distance == 3600s);
  CHECK(s.watch.of(1).ahead == 0);
}

TEST_CASE("ten readings of a fast sensor are not enough before a minute is over") {
  split s;
  for (int i = 0; i < 60; ++i, s.now += 1s)
    s.take(7, 120s, true);
  CHECK(s.watch.of(0).ahead == 0);
  s.take(7, 120s, true);
  CHECK(s.watch.of(0).ahead == 1);
}

TEST_CASE("one reading that is right ends it, and nothing is kept of the sensor") {
  split s;
  for (int i = 0; i < 20; ++i, s.now += 10s)
    s.take(7, 3600s, true);
  const auto changes = s.watch.changes();
  s.take(7, 0s, false);
  CHECK(s.numbers[7] == 0);
  CHECK(s.watch.of(0).ahead == 0);
  CHECK(s.watch.changes() > changes);
}

TEST_CASE("a clock that is behind is told as well, a reading a quarter of an hour late is not") {
  split s;
  for (int i = 0; i < 20; ++i, s.now += 10s) {
    s.take(1, -1200s, false);
    s.take(2, -900s, false);
  }
  CHECK(s.watch.of(0).behind == 1);
  CHECK(s.numbers[2] == 0);
}

TEST_CASE("a buffer that is flushed comes closer, and is no clock that is off") {
  split s;
  for (int i = 0; i < 400; ++i, s.now += 1s)
    s.take(1, -7200s + i * 11s, false);
  CHECK(s.watch.of(0).behind == 0);
}

TEST_CASE("the worst three are named, the farthest first, in either direction") {
  split s;
  for (int i = 0; i < 20; ++i, s.now += 10s) {
    s.take(1, 60s, true);
    s.take(2, 7200s, true);
    s.take(3, -86'400s, false);
    s.take(4, 100s, true);
    s.take(5, 90s, true);
  }
  const auto found = s.watch.of(0);
  CHECK(found.ahead == 4);
  CHECK(found.behind == 1);
  REQUIRE(found.worst.size() == 3);
  CHECK(found.worst[0].slot == 3);
  CHECK(found.worst[1].slot == 2);
  CHECK(found.worst[2].slot == 4);
}

TEST_CASE("numbers are used again, so that memory follows the clocks that are off now") {
  split s;
  for (uint32_t slot = 0; slot < 10'000; ++slot) {
    s.take(slot, 3600s, true);
    CHECK(s.numbers[slot] == 1);
    s.take(slot, 0s, false);
  }
}

TEST_CASE("without a time of the split there is no distance") {
  skew_watch watch;
  CHECK(watch.took(0, 1, 0, start, never, true) == 0);
}

} // namespace skew_watch_test
