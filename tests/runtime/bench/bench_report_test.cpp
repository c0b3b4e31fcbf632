#include "runtime/bench/bench_report.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

namespace bench_report_test {

using namespace millwright;

namespace {

const bench_row row{"speed", "how fast", 3, 60, nullptr};

row_outcome run_of(double value) {
  return {{{"speed", value, "readings/s", 100.0, 200.0}}, {}};
}

} // namespace

TEST_CASE("the value is the median of the runs, the spread their smallest and largest") {
  const auto lines = summarise(row, {run_of(150), run_of(90), run_of(120)});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].value == 120);
  CHECK(lines[0].low == 90);
  CHECK(lines[0].high == 150);
  CHECK(lines[0].reaches(lines[0].target));
  CHECK_FALSE(lines[0].reaches(lines[0].goal));
  CHECK(*summarise(row, {run_of(100), run_of(200)})[0].value == 150);
}

TEST_CASE("a spread within one run counts") {
  row_outcome run{{{"speed", 120, "readings/s", 100.0, 200.0, false, 80.0, 130.0}}, {}};
  const auto lines = summarise(row, {run});
  CHECK(lines[0].low == 80);
  CHECK(lines[0].high == 130);
}

TEST_CASE("where less is better the target is a most") {
  row_outcome run{{{"pause", 150, "ms", 200.0, 20.0, true}}, {}};
  const auto line = summarise(row, {run})[0];
  CHECK(line.reaches(line.target));
  CHECK_FALSE(line.reaches(line.goal));
  CHECK(table_line(line).find("target") != std::string::npos);
}

TEST_CASE("what a figure alone does not say stands behind it") {
  row_outcome run = run_of(150);
  run.measures[0].note = "flat out";
  const auto line = summarise(row, {run, run})[0];
  CHECK(line.note == "flat out");
  CHECK(table_line(line).ends_with("flat out\n"));
}

TEST_CASE("a run that failed is not hidden") {
  const auto some = summarise(row, {run_of(150), {{}, "ended by signal 9"}});
  REQUIRE(some.size() == 1);
  CHECK(some[0].note == "a run failed: ended by signal 9");
  const auto none = summarise(row, {{{}, "ended by signal 9"}});
  REQUIRE(none.size() == 1);
  CHECK(none[0].name == "speed");
  CHECK_FALSE(none[0].value.has_value());
  CHECK(none[0].note == "ended by signal 9");
}

TEST_CASE("the report is JSON with every field of every row") {
  bench_report report{{"a processor", 2, 1000, "Linux 6", 0.5}, "Release", "0123456789", {}};
  report.lines = summarise(row, {run_of(150)});
  report.lines.push_back(summarise(row, {{{}, "no \"broker\""}})[0]);
  rapidjson::Document document;
  REQUIRE_FALSE(document.Parse(to_json(report).c_str()).HasParseError());
  const auto& first = document["rows"][0];
  CHECK(std::string{first["name"].GetString()} == "speed");
  CHECK(first["value"].GetDouble() == 150);
  CHECK(std::string{first["unit"].GetString()} == "readings/s");
  CHECK(first["spread"][0].GetDouble() == 150);
  CHECK(first["target"].GetDouble() == 100);
  CHECK(first["goal"].GetDouble() == 200);
  CHECK(first["met"].GetBool());
  const auto& second = document["rows"][1];
  for (const auto* key : {"value", "unit", "spread", "target", "goal", "met"})
    CHECK(second[key].IsNull());
  CHECK(std::string{second["note"].GetString()} == "no \"broker\"");
  CHECK(std::string{document["commit"].GetString()} == "0123456789");
}

} // namespace bench_report_test
