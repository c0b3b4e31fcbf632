#include "protocol/ids.hpp"

#include <doctest/doctest.h>

#include <set>
#include <unordered_set>

namespace ids_test {

using namespace millwright;

TEST_CASE("a name's id is of version 5 and variant 1, always the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto name = "name " + std::to_string(i);
    const auto text = to_string(uuid_v5(name));
    REQUIRE(text.size() == 36);
    CHECK(text[14] == '5');
    CHECK(std::string{"89ab"}.find(text[19]) != std::string::npos);
    CHECK(text == to_string(uuid_v5(name)));
    seen.insert(text);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("ids are those of RFC 4122 in our namespace") {
  // python3 -c 'import uuid; print(uuid.uuid5(uuid.UUID("6d696c6c-7772-5967-a874-00616c61726d"), "a name"))'
  CHECK(to_string(uuid_v5("a name")) == "acd13339-21c4-5d8a-a385-70cd6c91a8c6");
  CHECK(to_string(uuid_v5("")) == "73670e4f-265f-523a-8484-079c97af760a");
}

TEST_CASE("the printed form reads back, in capitals too") {
  const auto id = uuid_v5("x");
  uuid back;
  CHECK(parse_uuid(to_string(id), back));
  CHECK(back == id);
  CHECK(parse_uuid("00112233-4455-6677-8899-AABBCCDDEEFF", back));
  CHECK(to_string(back) == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(short_form(back) == "00112233");
  for (const auto* wrong : {"", "00112233", "00112233-4455-6677-8899-aabbccddeef",
                            "00112233-4455-6677-8899-aabbccddeefff", "00112233+4455-6677-8899-aabbccddeeff",
                            "g0112233-4455-6677-8899-aabbccddeeff", "001122334-455-6677-8899-aabbccddeeff"})
    CHECK_FALSE(parse_uuid(wrong, back));
}

TEST_CASE("a sensor is a facility and an id together") {
  const sensor_key here{{"main"}, {"TI-101"}}, there{{"north"}, {"TI-101"}}, turned{{"TI-101"}, {"main"}};
  CHECK(here != there);
  CHECK(here < there);
  CHECK(std::unordered_set<sensor_key>{here, there, turned, here}.size() == 3);
  CHECK(std::hash<sensor_key>{}(here) != std::hash<sensor_key>{}(turned));
  CHECK(sensor_id{"ti"} != sensor_id{"TI"});
}

} // namespace ids_test
