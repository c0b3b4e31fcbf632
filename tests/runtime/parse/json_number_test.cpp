#include "runtime/parse/json_number.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

namespace json_number_test {

using namespace millwright;

TEST_CASE("numbers are read to the nearest double") {
  std::mt19937_64 random{3};
  for (int i = 0; i < 200'000; ++i) {
    char text[64];
    const double any = std::bit_cast<double>(random());
    const double usual = static_cast<double>(static_cast<int64_t>(random() % 2'000'000'000'000) - 1'000'000'000'000);
    const int digits = static_cast<int>(random() % 7);
    std::string form;
    if (i % 2 == 0 && std::isfinite(any))
      form.assign(text, std::to_chars(text, text + sizeof text, any).ptr);
    else
      form.assign(
          text,
          std::to_chars(text, text + sizeof text, usual / std::pow(10, digits), std::chars_format::fixed, digits).ptr);
    const auto x = json_number(form);
    REQUIRE(x);
    CAPTURE(form);
    REQUIRE(std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(std::strtod(form.c_str(), nullptr)));
  }
}

TEST_CASE("extreme numbers are zero or none") {
  CHECK(json_number("1e-400") == 0.0);
  CHECK(std::signbit(*json_number("-1e-400")));
  CHECK(std::signbit(*json_number("-0")));
  CHECK(std::signbit(*json_number("-0.0")));
  CHECK(json_number("0e400") == 0.0);
  CHECK(json_number("0.000e99999999999999999999") == 0.0);
  CHECK(json_number("1e-99999999999999999999") == 0.0);
  CHECK(json_number("5e-324") == 5e-324);
  CHECK(json_number("1.7976931348623157e308") == 1.7976931348623157e308);
  CHECK(!json_number("1.7976931348623159e308"));
  CHECK(!json_number("1e309"));
  CHECK(!json_number("-1000e306"));
  CHECK(!json_number("1e99999999999999999999"));
  CHECK(!json_number(std::string(310, '9')));
  CHECK(json_number(std::string{"1"}.append(400, '0') + "e-400") == 1.0);
  CHECK(json_number(std::string{"0."}.append(400, '0') + "1e401") == 1.0);
  CHECK(json_number(std::string{"0."}.append(400, '0') + "1") == 0.0);
  CHECK(!json_number(std::string{"0."}.append(400, '0') + "1e801"));
}

TEST_CASE("extreme numbers in a JSON text are written anew, strings are left alone") {
  const auto tamed = [](std::string text) {
    return tame_json_numbers(text.data(), text.data() + text.size()) ? text : "infinite";
  };
  CHECK(tamed(R"({"a":0e400,"b":-0e400})") == R"({"a":0    ,"b":-0    })");
  CHECK(tamed(R"({"a":1.5,"0e400":"0e400 \" 1e999"})") == R"({"a":1.5,"0e400":"0e400 \" 1e999"})");
  CHECK(tamed(R"({"a":1e999})") == "infinite");
  CHECK(tamed(R"({"a":01e999})") == R"({"a":......})");
  CHECK(tamed(R"({"a":+1e999})") == R"({"a":......})");
  CHECK(tamed(R"({"a":0e38,"b":88888E304.9})") == R"({"a":0   ,"b":...........})");
  CHECK(tamed("\"abc\\") == "\"abc\\");
  CHECK(tamed("\"abc") == "\"abc");
  CHECK(tamed(std::string{"["}.append(400, '1') + "e-300]").starts_with("[1.11111111111111"));
}

TEST_CASE("a fraction or an exponent behind a word that is no number is found, but not within a text") {
  for (const char* json : {"Infinitye154", "[-Inf.5]", R"({"a":"NaN","b":NaNE1})", R"(["\"",NaN.)"})
    CHECK_MESSAGE(goes_on_behind_word(json), json);
  for (const char* json :
       {"", "Infinity", "[NaN,1e5]", R"({"Inf.e":"NaNe1"})", R"(["\"NaN.5"])", R"("Inf.)", "Infinit.5"})
    CHECK_MESSAGE(!goes_on_behind_word(json), json);
}

} // namespace json_number_test
