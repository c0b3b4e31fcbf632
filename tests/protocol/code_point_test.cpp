#include "protocol/code_point.hpp"

#include <doctest/doctest.h>

using namespace millwright;

TEST_CASE("a code point is as long as its first byte says, if the rest of it is there") {
  CHECK(code_point_length("") == 0);
  CHECK(code_point_length("a") == 1);
  CHECK(code_point_length("\u00e9x") == 2);
  CHECK(code_point_length("\u20ac") == 3);
  CHECK(code_point_length("\U0001f525") == 4);
  CHECK(code_point_length(std::string_view{"\xe2\x82"}) == 0);
  CHECK(code_point_length("\xeeI-101") == 0);
  CHECK(code_point_length("\xc0\x80") == 0);
  CHECK(code_point_length("\xed\xa0\x80") == 0);
  CHECK(code_point_length("\xf4\x90\x80\x80") == 0);
}

TEST_CASE("printable text shows what no terminal bears by its bytes, and leaves the rest") {
  CHECK(printable("Kühlung 5 °C") == "Kühlung 5 °C");
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("hous\xeeon/T\x7f") == "hous\\xeeon/T\\x7f");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");
}
