#include "runtime/barrier/delay_samples.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace delay_samples_test {

using namespace millwright;

TEST_CASE("the first delay after a look is wanted, then one in 256") {
  delay_samples delays;
  uint64_t events = 0, noted = 0;
  const auto pass = [&](uint64_t count) {
    for (uint64_t i = 0; i < count; ++i, ++events)
      if (delays.wanted(events, 1)) {
        delays.note(1);
        ++noted;
      }
  };
  pass(1);
  CHECK(noted == 1);
  pass(2559);
  CHECK(noted == 11);
  delays.look();
  pass(3);
  CHECK(noted == 12);
  // Many at once are one.
  CHECK(delays.wanted(0, 100'000));
}

TEST_CASE("a look gives the median of what was noted since the last one") {
  delay_samples delays;
  CHECK(std::isnan(delays.look()));
  for (const double each : {5.0, 1.0, 1000.0})
    delays.note(each);
  CHECK(delays.look() == 5);
  CHECK(std::isnan(delays.look()));
  delays.note(7);
  CHECK(delays.look() == 7);
  for (int i = 0; i < 3000; ++i)
    delays.note(i < 1900 ? 1 : 2);
  CHECK(delays.look() == 2);
}

TEST_CASE("any number of threads may note") {
  delay_samples delays;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int each = 0; each < 20'000; ++each)
        delays.note(3);
    });
  for (int i = 0; i < 100; ++i)
    if (const double median = delays.look(); !std::isnan(median))
      CHECK(median <= 3);
  for (auto& each : threads)
    each.join();
  delays.note(3);
  CHECK(delays.look() == 3);
}

} // namespace delay_samples_test
