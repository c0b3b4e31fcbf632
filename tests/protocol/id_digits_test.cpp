#include "protocol/id_digits.hpp"

#include <doctest/doctest.h>

namespace id_digits_test {

using namespace millwright;

TEST_CASE("an id is known by its beginning, in either case and with or without dashes") {
  uuid id;
  for (size_t i = 0; i < id.bytes.size(); ++i)
    id.bytes[i] = static_cast<uint8_t>(0xa0 + i);
  CHECK(id_digits("A0a1-A2") == "a0a1a2");
  CHECK(begins_with(id, id_digits("A0A1-a2").value()));
  CHECK(begins_with(id, id_digits(to_string(id)).value()));
  CHECK_FALSE(begins_with(id, id_digits("a1").value()));
}

TEST_CASE("what is no beginning of an id is none") {
  CHECK_FALSE(id_digits(""));
  CHECK_FALSE(id_digits("--"));
  CHECK_FALSE(id_digits("pump-1"));
  CHECK_FALSE(id_digits(std::string(33, 'a')));
}

} // namespace id_digits_test
