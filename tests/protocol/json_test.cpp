#include "protocol/json.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace json_test {

using namespace millwright;

namespace {

std::string in_quotes(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string number(double x) {
  std::string out;
  append_json_number(out, x);
  return out;
}

} // namespace

TEST_CASE("strings are escaped where JSON wants it and only there") {
  CHECK(in_quotes("") == "\"\"");
  CHECK(in_quotes("plain") == "\"plain\"");
  CHECK(in_quotes("a\"b\\c") == R"("a\"b\\c")");
  CHECK(in_quotes("\n\r\t") == R"("\n\r\t")");
  CHECK(in_quotes(std::string_view{"\0\x01\x1f\x7f", 4}) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(in_quotes("21 °C, Žižkov, 🏭 /") == "\"21 °C, Žižkov, 🏭 /\"");
  CHECK(in_quotes("\"") == R"("\"")");
}

TEST_CASE("numbers are short and read back to the same double") {
  CHECK(number(0) == "0");
  CHECK(number(1) == "1");
  CHECK(number(0.1) == "0.1");
  CHECK(number(-2.5) == "-2.5");
  CHECK(number(1e300) == "1e+300");
  CHECK(std::signbit(std::strtod(number(-0.0).c_str(), nullptr)));
  std::mt19937_64 random{7};
  for (int i = 0; i < 100'000; ++i) {
    const auto x = std::bit_cast<double>(random());
    if (std::isfinite(x))
      REQUIRE(std::bit_cast<uint64_t>(std::strtod(number(x).c_str(), nullptr)) == std::bit_cast<uint64_t>(x));
  }
}

TEST_CASE("what is no number is null") {
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("an object holds its fields in the order of writing") {
  std::string out;
  json_object{out}
      .text("b", "x\"")
      .text_or_null("a", "")
      .number("n", 1.5)
      .integer("i", std::numeric_limits<int64_t>::min())
      .boolean("yes", true)
      .time("t", from_epoch_ms(0))
      .time("no time", never)
      .null("nil")
      .raw("raw", "[1]")
      .close();
  CHECK(
      out ==
      R"({"b":"x\"","a":null,"n":1.5,"i":-9223372036854775808,"yes":true,"t":"1970-01-01T00:00:00.000Z","no time":null,"nil":null,"raw":[1]})");
  std::string empty;
  json_object{empty}.close();
  CHECK(empty == "{}");
}

} // namespace json_test
