#include "tools/bench_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/bench/bench_report.hpp"
#include "runtime/simulation/plant_files.hpp"
#include "tools/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

namespace millwright {

namespace {

constexpr std::array known{
    option{"--list", "", "", "tell the rows and end"},
    option{"--json", "", "FILE", "write machine, build, commit and rows there as well"},
    option{"--repeat", "", "N", "measure each row so often (3 where one run is short, else 1)"},
    option{"--kafka", "", "BROKERS", "host:port of a broker for the rows kafka; a topic is made and deleted there"},
    option{"--dir", "", "DIR", "where ledgers and files are put while a row runs (the system's temporary directory)"},
    option{"--types", "", "FILE", "sensor types (the program's own, as config/sensor-types.yaml)"},
    option{"--row", "", "NAME", "measure one row in this process and print its figures as JSON"},
    option{"--tiny", "", "", "so small that nothing is measured: to see that every row works"},
};

const arguments::usage usage{
    "bench [NAME]... [--json FILE]",
    "Measures how fast this build is on this machine: all rows, or those named. Each runs alone, in a process of its\n"
    "own; nothing of the node is switched off. The value is the median of the repetitions, the spread their smallest\n"
    "and largest. The machine should be idle.",
    known, 0, 100};

const bench_row& row_named(const std::string& name) {
  const auto& rows = bench_rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  if (found == rows.end())
    throw failure{failure_code::bad_usage, "NAME", "expected a row of millwright bench --list, got \"" + name + "\""};
  return *found;
}

} // namespace

int bench_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  if (line.has("--list")) {
    for (const auto& row : bench_rows())
      fmt::print("{:<16} {}\n", row.name, row.what);
    return 0;
  }
  bench_request request;
  request.directory = line.text("--dir", std::filesystem::temp_directory_path().native());
  request.sensor_types = line.text("--types");
  request.kafka = line.text("--kafka");
  request.tiny = line.has("--tiny");
  if (line.has("--row"))
    return run_here(row_named(line.text("--row")), request);

  std::vector<const bench_row*> chosen;
  for (const auto& name : line.positionals())
    chosen.push_back(&row_named(name));
  if (chosen.empty())
    for (const auto& row : bench_rows())
      chosen.push_back(&row);
  const auto repeat = static_cast<int>(line.integer("--repeat", 0, 1, 100));
  const auto file = line.text("--json");

  bench_report report{this_machine(), build_text(), MILLWRIGHT_COMMIT, {}};
  fmt::print("{}\n{}", heading(report), table_head());
  std::fflush(stdout);
  bool failed = false;
  for (const auto* row : chosen) {
    std::vector<row_outcome> runs;
    const bool left_out = row->needs_kafka && request.kafka.empty();
    if (left_out)
      runs.push_back({{}, "needs --kafka HOST:PORT"});
    for (int i = 0; !left_out && i < (repeat > 0 ? repeat : request.tiny ? 1 : row->repeat); ++i) {
      runs.push_back(run_apart(*row, request));
      failed = failed || !runs.back().problem.empty();
    }
    for (auto& each : summarise(*row, runs)) {
      fmt::print("{}", table_line(each));
      report.lines.push_back(std::move(each));
    }
    std::fflush(stdout);
  }
  if (!file.empty())
    replace_file(file, to_json(report));
  return failed ? 2 : 0;
}

} // namespace millwright
