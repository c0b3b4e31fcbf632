#include "runtime/bench/bench_row.hpp"
#include "tests/tools/program_run.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace bench_program_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct bench_directory {
  std::string path = (std::filesystem::temp_directory_path() / "millwright-bench-test-XXXXXX").native();
  bench_directory() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~bench_directory() { std::filesystem::remove_all(path); }
};

std::string content_of(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("every row runs, in a process of its own, and its figures come as JSON") {
  const bench_directory directory;
  const auto json = directory.path + "/bench.json";
  const auto end = run_millwright({"bench", "--tiny", "--dir", directory.path, "--json", json});
  CHECK_MESSAGE(end.code == 0, end.out << end.err);

  rapidjson::Document report;
  REQUIRE_FALSE(report.Parse(content_of(json).c_str()).HasParseError());
  CHECK(report["machine"]["cpu"].IsString());
  CHECK(report["machine"]["cores"].GetInt() > 0);
  CHECK(report["machine"]["memory_bytes"].GetInt64() > 0);
  CHECK(report["machine"]["kernel"].GetStringLength() > 0);
  CHECK(report["build"].GetStringLength() > 0);
  CHECK(report["commit"].GetStringLength() > 0);

  size_t with_target = 0;
  for (const auto& row : report["rows"].GetArray()) {
    const std::string name = row["name"].GetString();
    CAPTURE(name);
    if (name.starts_with("kafka")) {
      CHECK(row["value"].IsNull());
      CHECK(row["met"].IsNull());
      CHECK(std::string{row["note"].GetString()} == "needs --kafka HOST:PORT");
      continue;
    }
    if (row.HasMember("note"))
      CHECK(std::string{row["note"].GetString()}.find("failed") == std::string::npos);
    CHECK(row["value"].GetDouble() >= 0);
    CHECK(row["unit"].GetStringLength() > 0);
    const auto spread = row["spread"].GetArray();
    REQUIRE(spread.Size() == 2);
    CHECK(spread[0].GetDouble() <= spread[1].GetDouble());
    CHECK(row["target"].IsNull() == row["met"].IsNull());
    CHECK(row["target"].IsNull() == row["goal"].IsNull());
    with_target += row["met"].IsBool();
  }
  // Parse, model, two of the state rule, health, three of the node, replay, latency, two of overload, three of memory,
  // two of the barrier, minute, two restarts, two of ten times the sensors; parts, age and memory above the sensors.
  CHECK(with_target == 25);
  CHECK(end.out.find("needs --kafka HOST:PORT") != std::string::npos);

  // What the rows wrote is gone.
  std::filesystem::remove(json);
  CHECK(std::filesystem::is_empty(directory.path));
}

TEST_CASE("one row can be chosen by its name, and repeated") {
  const bench_directory directory;
  const auto json = directory.path + "/bench.json";
  const auto end =
      run_millwright({"bench", "parse", "--tiny", "--repeat", "2", "--dir", directory.path, "--json", json});
  CHECK_MESSAGE(end.code == 0, end.err);
  rapidjson::Document report;
  REQUIRE_FALSE(report.Parse(content_of(json).c_str()).HasParseError());
  REQUIRE(report["rows"].Size() == 2);
  CHECK(std::string{report["rows"][0]["name"].GetString()} == "parse");
  CHECK(std::string{report["rows"][1]["name"].GetString()} == "parse-bytes");
}

TEST_CASE("the list names every row") {
  const auto end = run_millwright({"bench", "--list"});
  CHECK(end.code == 0);
  for (const auto& row : bench_rows())
    CHECK(end.out.find(std::string{row.name} + " ") != std::string::npos);
}

TEST_CASE("an unknown row is refused") {
  const auto end = run_millwright({"bench", "speed"});
  CHECK(end.code == 2);
  CHECK(end.out.empty());
  CHECK(end.err.find("\"speed\"") != std::string::npos);
}

TEST_CASE("a row that cannot be measured says why, and the program fails") {
  const bench_directory directory;
  const auto end = run_millwright({"bench", "parse", "--tiny", "--dir", directory.path, "--types", "nowhere.yaml"});
  CHECK(end.code == 2);
  CHECK(end.out.find("nowhere.yaml") != std::string::npos);
}

} // namespace bench_program_test
