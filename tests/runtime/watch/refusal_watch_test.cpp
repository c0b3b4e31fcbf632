#include "runtime/watch/refusal_watch.hpp"

#include <doctest/doctest.h>

namespace refusal_watch_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE(
    "refused sensors are told with their number and one of them, until readings came for ten minutes without one") {
  refusal_watch watch{50};
  const refusal_watch::time_point begin{};
  CHECK_FALSE(watch.look(begin, 100));
  watch.refused(1, "plant", "TI-1");
  watch.refused(2, "plant", "TI-2");
  watch.refused(1, "plant", "TI-1");
  const auto first = watch.look(begin + 1s, 100);
  REQUIRE(first);
  CHECK(first->bad);
  CHECK(first->text.find("2 sensors are not taken on, for example plant/TI-1: 50 are in memory") == 0);
  CHECK(first->text.find("sensors.max") != std::string::npos);
  CHECK(first->text.find("millwright sensors forget") != std::string::npos);
  CHECK_FALSE(watch.look(begin + 5min, 200));
  watch.refused(3, "plant", "TI-3");
  const auto second = watch.look(begin + 9min, 300);
  REQUIRE(second);
  CHECK(second->text.find("3 sensors") == 0);
  CHECK_FALSE(watch.look(begin + 18min, 400));
  // Nothing came: that says nothing.
  CHECK_FALSE(watch.look(begin + 30min, 300));
  const auto over = watch.look(begin + 30min, 301);
  REQUIRE(over);
  CHECK_FALSE(over->bad);
  CHECK_FALSE(watch.look(begin + 60min, 400));
}

} // namespace refusal_watch_test
