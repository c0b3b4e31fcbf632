#include "runtime/replay/replay_recorder.hpp"

#include "actors/kit/hosted_output.hpp"
#include "protocol/json.hpp"
#include "protocol/result_catalogue.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <sstream>

namespace replay_recorder_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

alarm_transition state_step(int sensor, uint32_t raises, uint32_t number, transition_kind kind, event_time at) {
  auto x = transition(numbered("t", sensor), number, kind);
  x.condition.which = rule::state;
  x.evidence.line = "A";
  x.at = at;
  x.raised_at = start + milliseconds{raises};
  x.alarm = alarm_id_of(x.condition, x.raised_at, raises);
  return x;
}

/// Two storms of eight sensors, an hour apart, and one sensor of another unit.
std::vector<alarm_transition> storms() {
  std::vector<alarm_transition> out;
  for (uint32_t storm = 1; storm <= 2; ++storm)
    for (int i = 0; i < 8; ++i) {
      const auto at = start + 1h * storm + 700ms * i;
      out.push_back(state_step(i, storm, 1, transition_kind::raised, at));
      if (storm == 1)
        out.push_back(state_step(i, storm, 2, transition_kind::cleared, at + 10min));
    }
  auto alone = state_step(99, 1, 1, transition_kind::raised, start + 30min);
  alone.condition.unit = {"boiler-1"};
  out.push_back(alone);
  return out;
}

/// The lines of notifications that a replay plans, its readings ending at `end`.
std::string planned(const std::vector<alarm_transition>& transitions, size_t at_once, event_time end) {
  const auto directory = std::filesystem::temp_directory_path() / "millwright-replay-recorder-test";
  std::filesystem::remove_all(directory);
  const std::vector<sensor_type> types;
  {
    replay_recorder recorder{
        directory, {result_kind::notifications, result_kind::alarms}, types, routes{{{"slack"}}}, {}};
    for (size_t i = 0; i < transitions.size();) {
      barrier_output output;
      for (size_t n = 0; n < at_once && i < transitions.size(); ++n, ++i)
        output.transitions.push_back({transitions[i], 0, 0});
      recorder.consume(output);
    }
    barrier_output last;
    averages_row row;
    row.end = end;
    last.averages.push_back({row, 0, 0});
    recorder.consume(last);
    recorder.finish();
  }
  std::ifstream in{directory / "notifications.ndjson"};
  std::stringstream out;
  out << in.rdbuf();
  std::filesystem::remove_all(directory);
  return out.str();
}

struct energy_row {
  static constexpr row_column fields[] = {{"meter_id"}, {"energy", row_column::value::number}};
  static constexpr row_schema schema{"energy", 1, fields};

  int meter;
  event_time at;
};

event_time time_of(const energy_row& row) {
  return row.at;
}

void append_json(std::string& out, const energy_row& row) {
  json_object{out}.text("meter_id", "M-" + std::to_string(row.meter)).integer("energy", row.meter).close();
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

size_t count(const std::string& text, const std::string& what) {
  size_t out = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++out;
  return out;
}

} // namespace

TEST_CASE("a replay plans one page for a storm, its end, and those in whose place it pages, by event time alone") {
  const auto lines = planned(storms(), 100, start + 3h);
  // The sensor that is alone; the storm and its end. The second storm is held back for a day.
  CHECK(count(lines, "\"outcome\":\"planned\"") == 3);
  CHECK(count(lines, "\"outcome\":\"grouped\"") == 8);
  for (int i = 0; i < 8; ++i)
    CHECK(count(lines, to_string(state_step(i, 1, 1, transition_kind::raised, start).alarm) + "-1-slack") == 1);
}

TEST_CASE("what is held back for a day is planned when its readings go on for so long") {
  CHECK(count(planned(storms(), 100, start + 26h), "\"outcome\":\"planned\"") == 4);
  CHECK(count(planned(storms(), 100, start + 26h), "\"outcome\":\"grouped\"") == 16);
}

TEST_CASE("a replay plans the same pages in whatever order and portions its shards decide") {
  const auto expected = planned(storms(), 100, start + 26h);
  std::mt19937_64 random{1};
  for (int i = 0; i < 20; ++i) {
    auto shuffled = storms();
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    CHECK(planned(shuffled, 1 + random() % 7, start + 26h) == expected);
  }
}

TEST_CASE("what a unit raises is counted where its pages are") {
  const std::vector<sensor_type> types;
  const auto directory = std::filesystem::temp_directory_path() / "millwright-replay-recorder-unit";
  replay_recorder recorder{directory, {}, types, routes{{{"slack"}}}, {}};
  auto of_unit = transition("", 1, transition_kind::raised);
  of_unit.alarm = alarm_id_of(of_unit.condition, of_unit.raised_at, 1);
  barrier_output output;
  output.transitions.push_back({of_unit, 0, 0});
  recorder.consume(output);
  const auto summary = recorder.finish();
  REQUIRE(summary.by_sensor.size() == 1);
  CHECK(summary.by_sensor.begin()->first == "main/reactor-1");
  CHECK(summary.by_sensor.begin()->second.alarms == 1);
  CHECK(summary.by_sensor.begin()->second.pages == 1);
  std::filesystem::remove_all(directory);
}

TEST_CASE("rows of a declared kind have a file of its name, sorted as the others are, whoever emitted them first") {
  const auto kind = declare_result_kind(energy_row::schema);
  const auto directory = std::filesystem::temp_directory_path() / "millwright-replay-recorder-kinds";
  const std::vector<sensor_type> types;
  for (const bool wanted : {true, false}) {
    std::filesystem::remove_all(directory);
    std::set<result_kind> kinds{result_kind::alarms};
    if (wanted)
      kinds.insert(kind);
    {
      replay_recorder recorder{directory, kinds, types, routes{{}}, {}};
      for (const auto& rows : {std::vector<energy_row>{{2, start + 1s}, {1, start + 2s}},
                               std::vector<energy_row>{{3, start + 1s}, {4, start}}}) {
        hosted_output emitted;
        for (const auto& row : rows)
          emitted.row(row);
        barrier_output output;
        output.hosted = emitted.rows;
        recorder.consume(output);
      }
      CHECK(recorder.finish().rows == (wanted ? 4 : 0));
    }
    CHECK(text_of(directory / "energy.ndjson") ==
          (wanted ? "{\"meter_id\":\"M-4\",\"energy\":4}\n{\"meter_id\":\"M-2\",\"energy\":2}\n"
                    "{\"meter_id\":\"M-3\",\"energy\":3}\n{\"meter_id\":\"M-1\",\"energy\":1}\n"
                  : ""));
    CHECK(std::filesystem::exists(directory / "energy.ndjson") == wanted);
  }
  std::filesystem::remove_all(directory);
}

} // namespace replay_recorder_test
