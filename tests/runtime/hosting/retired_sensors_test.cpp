#include "runtime/hosting/retired_sensors.hpp"
#include "runtime/hosting/sleeping_sensors.hpp"

#include <doctest/doctest.h>

namespace retired_sensors_test {

using namespace millwright;

namespace {

const sensor_key pump{{"main"}, {"TI-1"}}, other{{"main"}, {"TI-10"}};
const retired_sensor by_anna{from_epoch_ms(1'767'225'600'000), "anna", "ann", 3, 0, never};

} // namespace

TEST_CASE("who is retired is known by name, until it is back") {
  retired_sensors all;
  CHECK(all.empty());
  all.add(pump, by_anna);
  CHECK_FALSE(all.empty());
  REQUIRE(all.find("main", "TI-1"));
  CHECK(all.find("main", "TI-1")->by == "anna");
  CHECK_FALSE(all.find("main", "TI-10"));
  CHECK_FALSE(all.find("south", "TI-1"));
  ++all.find("main", "TI-1")->readings;
  all.add(other, by_anna);
  uint64_t readings = 0, seen = 0;
  all.visit([&](const sensor_key&, const retired_sensor& x) {
    readings += x.readings;
    ++seen;
  });
  CHECK(seen == 2);
  CHECK(readings == 1);
  all.remove(pump);
  CHECK_FALSE(all.find("main", "TI-1"));
  CHECK(all.find("main", "TI-10"));
}

TEST_CASE("what is stored of it is read as it was, beside what else the node keeps by name") {
  const auto read = decode_retired(encode(by_anna));
  REQUIRE(read);
  CHECK(read->at == by_anna.at);
  CHECK(read->by == "anna");
  CHECK(read->user == "ann");
  CHECK(read->split == 3);
  const auto stored = encode(by_anna);
  for (size_t size = 0; size < stored.size(); ++size)
    CHECK_FALSE(decode_retired(std::string_view{stored}.substr(0, size)));
  CHECK_FALSE(decode_retired('\x02' + stored.substr(1)));
  CHECK(retired_named(name_of_retired(pump)) == pump);
  CHECK_FALSE(retired_named(name_of_sleeper(pump)));
  CHECK_FALSE(sleeper_named(name_of_retired(pump)));
  CHECK_FALSE(retired_named("retired"));
}

} // namespace retired_sensors_test
