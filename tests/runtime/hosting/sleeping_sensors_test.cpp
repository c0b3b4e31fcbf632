#include "runtime/hosting/sleeping_sensors.hpp"

#include "protocol/binary.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sleeping_sensors_test {

using namespace millwright;

TEST_CASE("that a sensor sleeps is stored under its name and read again; damage and other names are none") {
  const sensor_key key{{"site"}, {"TI-101"}};
  const auto name = name_of_sleeper(key);
  CHECK(sleeper_named(name) == key);
  CHECK_FALSE(sleeper_named("sensor-types"));
  CHECK_FALSE(sleeper_named("sleeper"));
  CHECK_FALSE(sleeper_named(name.substr(0, 10)));
  const auto stored = encode(sleeping_sensor{3, from_epoch_ms(1'700'000'000'000), from_epoch_ms(1'700'000'600'000)});
  const auto read = decode_sleeper(stored);
  REQUIRE(read);
  CHECK(read->split == 3);
  CHECK(read->seen == from_epoch_ms(1'700'000'000'000));
  CHECK(read->since == from_epoch_ms(1'700'000'600'000));
  CHECK(read->forgotten_with == 0);
  for (size_t length = 0; length < stored.size(); ++length)
    CHECK_FALSE(decode_sleeper(std::string_view{stored}.substr(0, length)));
  CHECK_FALSE(decode_sleeper(stored + 'x'));
}

TEST_CASE("what versions stored that did not say since when a sensor sleeps is read: it counts from the next look on") {
  std::string stored;
  binary_writer writer{stored};
  writer.u8(1);
  writer.u16(3);
  writer.time(from_epoch_ms(1'700'000'000'000));
  const auto read = decode_sleeper(stored);
  REQUIRE(read);
  CHECK(read->split == 3);
  CHECK(read->seen == from_epoch_ms(1'700'000'000'000));
  CHECK(read->since == never);
  CHECK_FALSE(decode_sleeper(stored + 'x'));
}

TEST_CASE("all who sleep are visited in order, some at a time, whoever is removed meanwhile") {
  sleeping_sensors all;
  for (int i = 0; i < 1000; ++i)
    all.add({{"site"}, {std::to_string(i)}}, {});
  CHECK(all.find("site", "17"));
  CHECK_FALSE(all.find("site", "1000"));
  CHECK_FALSE(all.find("", ""));
  std::pair<std::string, std::string> after;
  int seen = 0;
  std::string last;
  for (bool more = true; more;)
    more = all.visit(after, 64, [&](const std::string& facility, const std::string& sensor, sleeping_sensor&) {
      ++seen;
      CHECK(last < sensor);
      last = sensor;
      if (seen % 3 == 0)
        all.remove(facility, sensor);
    });
  CHECK(seen == 1000);
  CHECK(all.size() == 667);
}

} // namespace sleeping_sensors_test
