#include "runtime/parse/timestamp.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace timestamp_test {

using namespace millwright;

namespace {

std::string read(std::string_view text) {
  const auto time = parse_timestamp(text);
  return time ? to_iso(*time) : "none";
}

} // namespace

TEST_CASE("ISO-8601 times with a zone are read to the millisecond") {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z"},
      {"2023-11-14t22:13:20z", "2023-11-14T22:13:20.000Z"},
      {"2023-11-14 22:13:20Z", "2023-11-14T22:13:20.000Z"},
      {"2023-11-14T22:13Z", "2023-11-14T22:13:00.000Z"},
      {"2023-11-14T22:13:20.1Z", "2023-11-14T22:13:20.100Z"},
      {"2023-11-14T22:13:20,12Z", "2023-11-14T22:13:20.120Z"},
      {"2023-11-14T22:13:20.123Z", "2023-11-14T22:13:20.123Z"},
      {"2023-11-14T22:13:20.123999999999999999Z", "2023-11-14T22:13:20.123Z"},
      {"2023-11-14T22:13:20.9999Z", "2023-11-14T22:13:20.999Z"},
      {"1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"},
      {"2023-11-14T22:13:20+01:00", "2023-11-14T21:13:20.000Z"},
      {"2023-11-14T22:13:20+0530", "2023-11-14T16:43:20.000Z"},
      {"2023-11-14T22:13:20-08", "2023-11-15T06:13:20.000Z"},
      {"2023-11-14T22:13:20.5-03:30", "2023-11-15T01:43:20.500Z"},
      {"2023-11-14T22:13:20-00:00", "2023-11-14T22:13:20.000Z"},
      {"20231114T221320Z", "2023-11-14T22:13:20.000Z"},
      {"20231114T2213+0100", "2023-11-14T21:13:00.000Z"},
      {"20231114T221320.25Z", "2023-11-14T22:13:20.250Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
      {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
      {"0001-01-01T00:00:00-01:00", "0001-01-01T01:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
      {"2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00.000Z"},
  };
  for (const auto& row : table) {
    CAPTURE(row.first);
    CHECK(read(row.first) == row.second);
  }
}

TEST_CASE("times without zone, date only, impossible or outside the years are none") {
  for (const std::string_view text : {"",
                                      "2023-11-14T22:13:20",
                                      "2023-11-14",
                                      "2023-11-14Z",
                                      "2023-11-14TZ",
                                      "2023-11-14T22Z",
                                      "1700000000000",
                                      "1700000000",
                                      "2023-13-01T00:00:00Z",
                                      "2023-00-01T00:00:00Z",
                                      "2023-01-00T00:00:00Z",
                                      "2023-01-32T00:00:00Z",
                                      "2023-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2023-04-31T00:00:00Z",
                                      "2023-11-14T24:00:00Z",
                                      "2023-11-14T23:60:00Z",
                                      "2023-11-14T23:59:60Z",
                                      "2016-12-31T23:59:60Z",
                                      "2023-11-14T22:13:20+24:00",
                                      "2023-11-14T22:13:20+01:60",
                                      "2023-11-14T22:13:20+1",
                                      "2023-11-14T22:13:20+01:",
                                      "2023-11-14T22:13:20+01:0",
                                      "2023-11-14T22:13:20.Z",
                                      "2023-11-14T22:13.5Z",
                                      "2023-11-14T22:13:20Z ",
                                      " 2023-11-14T22:13:20Z",
                                      "2023-11-14T22:13:20 Z",
                                      "2023-11-14T22:13:20ZZ",
                                      "2023-11-14T22:13:20Z+01:00",
                                      "2023-11-1T22:13:20Z",
                                      "2023-11-14T2:13:20Z",
                                      "2023-11-14T22:13:2Z",
                                      "23-11-14T22:13:20Z",
                                      "+2023-11-14T22:13:20Z",
                                      "-2023-11-14T22:13:20Z",
                                      "12023-11-14T22:13:20Z",
                                      "0000-06-01T00:00:00Z",
                                      "0000-12-31T23:30:00-01:00",
                                      "0001-01-01T00:00:00+01:00",
                                      "9999-12-31T23:30:00-01:00",
                                      "2023-1114T22:13:20Z",
                                      "202311-14T22:13:20Z",
                                      "2023-11-14T221320Z",
                                      "20231114T22:13:20Z",
                                      "2023-11-14_22:13:20Z",
                                      "2023-11-14T22:13:20 UTC",
                                      "2023-11-14T22:13:20 +01:00",
                                      "2023/11/14T22:13:20Z",
                                      "2023-W46-2T22:13:20Z",
                                      "yesterday",
                                      "2023-11-14T22:13:20\xe2\x88\x92"
                                      "01:00",
                                      "2O23-11-14T22:13:20Z"}) {
    CAPTURE(text);
    CHECK(read(text) == "none");
  }
}

TEST_CASE("epoch milliseconds are floored and bounded by the years 0001 and 9999") {
  CHECK(parse_timestamp(1700000000123.0) == from_epoch_ms(1700000000123));
  CHECK(parse_timestamp(1700000000123.9) == from_epoch_ms(1700000000123));
  CHECK(parse_timestamp(-0.5) == from_epoch_ms(-1));
  CHECK(parse_timestamp(-1000.0) == from_epoch_ms(-1000));
  CHECK(parse_timestamp(253402300799999.0) == from_epoch_ms(253402300799999));
  CHECK(parse_timestamp(253402300799999.9) == from_epoch_ms(253402300799999));
  CHECK(!parse_timestamp(253402300800000.0));
  CHECK(parse_timestamp(-62135596800000.0) == from_epoch_ms(-62135596800000));
  CHECK(!parse_timestamp(-62135596800000.5));
  CHECK(!parse_timestamp(1e300));
  CHECK(!parse_timestamp(std::nan("")));
}

TEST_CASE("whatever is printed is read back, with any offset") {
  std::mt19937_64 random{11};
  for (int i = 0; i < 50'000; ++i) {
    const int64_t span = 253'402'300'799'999 + 62'135'596'800'000;
    const int64_t t = static_cast<int64_t>(random() % static_cast<uint64_t>(span)) - 62'135'596'800'000;
    REQUIRE(parse_timestamp(to_iso(from_epoch_ms(t))) == from_epoch_ms(t));
    const int minutes = static_cast<int>(random() % 2879) - 1439;
    const int64_t local = t + minutes * 60'000ll;
    if (local < -62'135'596'800'000 || local > 253'402'300'799'999)
      continue;
    std::string text = to_iso(from_epoch_ms(local));
    char zone[8];
    std::snprintf(zone, sizeof zone, "%c%02d:%02d", minutes < 0 ? '-' : '+', std::abs(minutes) / 60 % 100,
                  std::abs(minutes) % 60);
    text.replace(text.size() - 1, 1, zone);
    REQUIRE(parse_timestamp(text) == from_epoch_ms(t));
  }
}

} // namespace timestamp_test
