#include "protocol/running_wait.hpp"

#include <doctest/doctest.h>

namespace running_wait_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("who looks when it is due waits for as long as was asked for, and no longer") {
  running_wait wait{10s};
  milliseconds now = 5h;
  wait.begin(now);
  int looks = 0;
  do {
    now += wait.next();
    ++looks;
  } while (!wait.over(now));
  CHECK(now - 5h == 10s);
  CHECK(looks == 10);
}

TEST_CASE("looks in between change nothing") {
  running_wait wait{10s};
  wait.begin(0ms);
  for (auto now = 10ms; now < 10s; now += 10ms)
    REQUIRE_FALSE(wait.over(now));
  CHECK(wait.over(10s));
}

TEST_CASE("a process that stood still has not waited meanwhile") {
  running_wait wait{10s};
  wait.begin(0ms);
  CHECK_FALSE(wait.over(1s));
  CHECK_FALSE(wait.over(1h));
  for (auto since = 1s; since < 7s; ++since)
    CHECK_FALSE(wait.over(1h + since));
  CHECK(wait.over(1h + 7s));
}

TEST_CASE("a machine under load waits for twice as long at most") {
  running_wait wait{10s};
  auto now = 0ms;
  wait.begin(now);
  do
    now += 2 * wait.next();
  while (!wait.over(now));
  CHECK(now <= 20s);
}

TEST_CASE("each wait begins at nothing") {
  running_wait wait{1s};
  wait.begin(0ms);
  for (auto now = 0ms; now < 900ms; now += 100ms)
    wait.over(now);
  wait.begin(5s);
  CHECK_FALSE(wait.over(5100ms));
  CHECK(wait.next() == 100ms);
}

} // namespace running_wait_test
