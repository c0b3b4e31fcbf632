#include "runtime/entry/sensor_homes.hpp"

#include <doctest/doctest.h>

namespace sensor_homes_test {

using namespace millwright;

namespace {

using settled = std::map<uint16_t, std::vector<uint32_t>>;

} // namespace

TEST_CASE("a sensor with readings in two splits is shared until ten in a row come from one") {
  sensor_homes homes;
  CHECK(homes.took(7, 0, 1));
  CHECK(homes.count() == 1);
  CHECK(homes.feeding(7) == std::vector<uint16_t>{0, 1});
  CHECK(homes.feeding(8).empty());
  for (int i = 0; i < 8; ++i)
    CHECK_FALSE(homes.took(7, 0, 1));
  CHECK(homes.settled(9).empty());
  homes.took(7, 0, 1);
  CHECK(homes.settled(9) == settled{{1, {7}}});
  homes.settle(7);
  CHECK(homes.empty());
}

TEST_CASE("a reading from another split begins the row anew") {
  sensor_homes homes;
  for (int i = 0; i < 50; ++i)
    homes.took(7, 0, static_cast<uint16_t>(i % 9 == 0 ? 0 : 1));
  CHECK(homes.settled(9).empty());
  CHECK(homes.count() == 1);
}

TEST_CASE("a stray reading elsewhere is over when ten came from home again") {
  sensor_homes homes;
  homes.took(7, 0, 1);
  for (int i = 0; i < 10; ++i)
    homes.took(7, 0, 0);
  CHECK(homes.settled(9) == settled{{0, {7}}});
}

TEST_CASE("an example names the sensor and its splits") {
  sensor_homes homes;
  homes.took(9, 2, 3);
  homes.took(4, 0, 2);
  CHECK(homes.example().first == 4);
  CHECK(homes.example().second == std::vector<uint16_t>{0, 2});
}

TEST_CASE("many that have settled are told by split, some at a time") {
  sensor_homes homes;
  for (uint32_t slot = 0; slot < 100; ++slot)
    for (int i = 0; i < 10; ++i)
      homes.took(slot, 0, static_cast<uint16_t>(1 + slot % 2));
  const auto some = homes.settled(50);
  CHECK(some.at(1).size() + some.at(2).size() == 50);
  CHECK(homes.settled(1000).at(2).size() == 50);
}

} // namespace sensor_homes_test
