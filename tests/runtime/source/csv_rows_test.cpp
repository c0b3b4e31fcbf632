#include "runtime/source/csv_rows.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

namespace csv_rows_test {

using namespace millwright;

namespace {

std::vector<std::string> rendered(csv_rows& rows, std::string_view row) {
  std::string out;
  std::vector<size_t> ends;
  rows.render(row, out, ends);
  std::vector<std::string> each;
  for (size_t i = 0, from = 0; i < ends.size(); from = ends[i++])
    each.push_back(out.substr(from, ends[i] - from));
  return each;
}

std::string clocked(csv_clock& clock, std::string_view cell) {
  std::string out;
  clock.append_json(out, cell);
  return out;
}

csv_mapping wide() {
  return {.delimiter = ';',
          .timestamp = "datetime",
          .timezone = "UTC",
          .sensors = {{"Accelerometer1RMS", "valve1-a1", "vibration", "velocity", "mm/s"},
                      {"Volume Flow RateRMS", "valve1-flow", "generic", "", ""}},
          .constants = {{"facility_id", "bench"}},
          .fields = {}};
}

} // namespace

TEST_CASE("a wide row is a reading for each sensor, in the mapping's order, with its numbers as written") {
  csv_rows rows{wide(), "a.csv", "datetime;Accelerometer1RMS;Pressure;Volume Flow RateRMS;anomaly"};
  CHECK(
      rendered(rows, "2020-03-09 10:14:33;0.0265878;0.054711;32.000;0.0") ==
      std::vector<std::string>{
          R"({"sensor_id":"valve1-a1","sensor_type":"vibration","unit":"mm/s","facility_id":"bench","timestamp":"2020-03-09T10:14:33.000Z","velocity":0.0265878})",
          R"({"sensor_id":"valve1-flow","sensor_type":"generic","facility_id":"bench","timestamp":"2020-03-09T10:14:33.000Z","value":32.000})"});
}

TEST_CASE("an empty cell is no reading and what is no number stays visible") {
  csv_rows rows{wide(), "a.csv", "datetime;Accelerometer1RMS;Volume Flow RateRMS"};
  CHECK(
      rendered(rows, "2020-03-09 10:14:33;;NaN") ==
      std::vector<std::string>{
          R"({"sensor_id":"valve1-flow","sensor_type":"generic","facility_id":"bench","timestamp":"2020-03-09T10:14:33.000Z","value":"NaN"})"});
  CHECK(rendered(rows, "2020-03-09 10:14:33;;").empty());
}

TEST_CASE("a row that is too short or too long is handed over as it stands") {
  csv_rows rows{wide(), "a.csv", "datetime;Accelerometer1RMS;Volume Flow RateRMS"};
  CHECK(rendered(rows, "2020-03-09 10:14:33;1") == std::vector<std::string>{"2020-03-09 10:14:33;1"});
  CHECK(rendered(rows, "2020-03-09 10:14:33;1;2;3") == std::vector<std::string>{"2020-03-09 10:14:33;1;2;3"});
}

TEST_CASE("a long row is one reading with the mapped fields and the constants") {
  csv_mapping mapping;
  mapping.timestamp = "timestamp";
  mapping.constants = {{"facility_id", "nab"}, {"sensor_id", "machine"}, {"quality_score", "0.9"}};
  mapping.fields = {{"temperature_celsius", "value"}, {"sensor_type", "kind"}};
  csv_rows rows{mapping, "a.csv", "timestamp,value,kind"};
  CHECK(
      rendered(rows, "2013-12-02 21:20:00,74.93588199999998,7") ==
      std::vector<std::string>{
          R"({"facility_id":"nab","quality_score":0.9,"sensor_id":"machine","sensor_type":"7","temperature_celsius":74.93588199999998,"timestamp":"2013-12-02T21:20:00.000Z"})"});
  CHECK(
      rendered(rows, "2013-12-02 21:20:00,,x") ==
      std::vector<std::string>{
          R"({"facility_id":"nab","quality_score":0.9,"sensor_id":"machine","sensor_type":"x","timestamp":"2013-12-02T21:20:00.000Z"})"});
}

TEST_CASE("fields beside sensors go into every reading of the row") {
  auto mapping = wide();
  mapping.fields = {{"quality_score", "q"}, {"facility_id", "site"}};
  csv_rows rows{mapping, "a.csv", "datetime;site;q;Accelerometer1RMS;Volume Flow RateRMS"};
  const auto got = rendered(rows, "1583748873000;north;0.5;1;2");
  REQUIRE(got.size() == 2);
  CHECK(
      got[1] ==
      R"({"sensor_id":"valve1-flow","sensor_type":"generic","facility_id":"north","quality_score":0.5,"timestamp":1583748873000,"value":2})");
}

TEST_CASE("quoted cells may hold delimiters, quotes and line ends") {
  csv_mapping mapping;
  mapping.timestamp = "t";
  mapping.fields = {{"sensor_id", "the \"id\""}, {"value", "v"}};
  csv_rows rows{mapping, "a.csv", R"(t,"the ""id""",v)"};
  CHECK(rendered(rows, "1,\"a,\"\"b\"\"\nc\",\"3\"") ==
        std::vector<std::string>{R"({"sensor_id":"a,\"b\"\nc","value":3,"timestamp":1})"});
  CHECK(rendered(rows, R"(1,"",)") == std::vector<std::string>{R"({"timestamp":1})"});
  CHECK(csv_rows::ends_open(R"(1,"a)", ',', false));
  CHECK_FALSE(csv_rows::ends_open(R"(b",2)", ',', true));
  CHECK(csv_rows::ends_open(R"(b"",2)", ',', true));
  CHECK_FALSE(csv_rows::ends_open(R"(1,5" pipe,2)", ',', false));
}

TEST_CASE("a column that is not there is told with those that are") {
  try {
    csv_rows{wide(), "valve.csv", "datetime;Pressure"};
    FAIL("nothing was thrown");
  } catch (const failure& error) {
    const std::string text = error.what();
    CHECK(error.code() == failure_code::bad_mapping);
    CHECK(text.find("valve.csv:1: ") == 0);
    CHECK(text.find("\"Accelerometer1RMS\"") != text.npos);
    CHECK(text.find("\"datetime\", \"Pressure\"") != text.npos);
  }
}

TEST_CASE("local times are read in their zone, the doubled hour as the earlier and the missing one shifted") {
  csv_clock clock{"Europe/Berlin"};
  CHECK(clocked(clock, "2020-01-15 12:00:00") == R"("2020-01-15T11:00:00.000Z")");
  CHECK(clocked(clock, "2020-07-15T12:00:00.1239") == R"("2020-07-15T10:00:00.123Z")");
  CHECK(clocked(clock, "2020-10-25 01:59:59") == R"("2020-10-24T23:59:59.000Z")");
  CHECK(clocked(clock, "2020-10-25 02:30:00") == R"("2020-10-25T00:30:00.000Z")");
  CHECK(clocked(clock, "2020-10-25 03:00:00") == R"("2020-10-25T02:00:00.000Z")");
  CHECK(clocked(clock, "2020-03-29 01:59:59") == R"("2020-03-29T00:59:59.000Z")");
  CHECK(clocked(clock, "2020-03-29 02:30:00") == R"("2020-03-29T01:30:00.000Z")");
  CHECK(clocked(clock, "2020-03-29 03:30:00") == R"("2020-03-29T01:30:00.000Z")");
  CHECK(clocked(clock, "2020-08-01 00:00") == R"("2020-07-31T22:00:00.000Z")");
  CHECK_THROWS_AS(csv_clock{"Europe/Nowhere"}, failure);
}

TEST_CASE("a fixed offset from a zone without changes holds for every year") {
  csv_clock clock{"Asia/Kolkata"};
  CHECK(clocked(clock, "2020-01-15 12:00:00") == R"("2020-01-15T06:30:00.000Z")");
  CHECK(clocked(clock, "1999-07-15 12:00:00") == R"("1999-07-15T06:30:00.000Z")");
  csv_clock utc{"UTC"};
  CHECK(clocked(utc, "0001-01-01 00:00:00") == R"("0001-01-01T00:00:00.000Z")");
  CHECK(clocked(utc, "9999-12-31 23:59:59.999") == R"("9999-12-31T23:59:59.999Z")");
}

TEST_CASE("times with a zone, epoch milliseconds and what is no time are left to the reading's parser") {
  csv_clock clock{"Europe/Berlin"};
  CHECK(clocked(clock, "2020-01-15T12:00:00Z") == R"("2020-01-15T12:00:00Z")");
  CHECK(clocked(clock, "2020-01-15T12:00:00+05:00") == R"("2020-01-15T12:00:00+05:00")");
  CHECK(clocked(clock, "1583748873000") == "1583748873000");
  CHECK(clocked(clock, "2020-02-30 00:00:00") == R"("2020-02-30 00:00:00")");
  CHECK(clocked(clock, "2020-01-15 24:00:00") == R"("2020-01-15 24:00:00")");
  CHECK(clocked(clock, "2020-01-15") == R"("2020-01-15")");
  CHECK(clocked(clock, "soon") == R"("soon")");
}

TEST_CASE("JSON's numbers are told from what only looks like one") {
  for (const auto* text : {"0", "-0", "1.5", "-12.034e-7", "1E+9", "73.96732207"})
    CHECK(is_json_number(text));
  for (const auto* text : {"", "-", "01", "1.", ".5", "+1", "1,5", "NaN", "0x1", "1e", " 1", "1 "})
    CHECK_FALSE(is_json_number(text));
}

} // namespace csv_rows_test
