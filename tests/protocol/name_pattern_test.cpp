#include "protocol/name_pattern.hpp"

#include <doctest/doctest.h>

namespace name_pattern_test {

using millwright::matches;

TEST_CASE("a pattern's star stands for any text, its question mark for one character, all else for itself") {
  CHECK(matches("*", ""));
  CHECK(matches("TI-*", "TI-"));
  CHECK(matches("TI-*", "TI-101"));
  CHECK_FALSE(matches("TI-*", "PI-101"));
  CHECK(matches("*-10?", "TI-101"));
  CHECK_FALSE(matches("*-10?", "TI-10"));
  CHECK(matches("*a*b*", "xxaxxabxx"));
  CHECK_FALSE(matches("*a*b", "xxaxxabxx"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "x"));
  CHECK_FALSE(matches("TI-101", "TI-1011"));
}

} // namespace name_pattern_test
