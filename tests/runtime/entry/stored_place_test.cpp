#include "runtime/entry/stored_place.hpp"

#include <doctest/doctest.h>

#include <string>

namespace stored_place_test {

using namespace millwright;

TEST_CASE("a place is read back as it was stored, and a damaged or newer one is none") {
  const stored_place place{3, std::string{"mark\0with\xff", 10}};
  const auto stored = encode(place);
  const auto back = decode_place(stored);
  REQUIRE(back);
  CHECK(back->log == 3);
  CHECK(back->mark == place.mark);
  for (size_t size = 0; size < stored.size(); ++size)
    CHECK_FALSE(decode_place(stored.substr(0, size)));
  CHECK_FALSE(decode_place(stored + "x"));
  auto newer = stored;
  newer[0] = 2;
  CHECK_FALSE(decode_place(newer));
}

TEST_CASE("the log of a split has its name until it is made anew, and no other split's") {
  CHECK(log_name("topic/1", 0) == "topic/1");
  CHECK(log_name("topic/1", 1) != log_name("topic/11", 0));
  CHECK(log_name("topic/1", 1) != log_name("topic/1", 2));
  CHECK(place_entry("topic/1") != "topic/1");
}

} // namespace stored_place_test
