#include "tools/learn_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/replay/learn.hpp"
#include "tools/input_progress.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>

#include <csignal>

#include <array>
#include <atomic>

namespace millwright {

namespace {

constexpr std::array known{
    option{"--config", "-c", "FILE.yaml",
           "the node's configuration: names the ledger that is made; its source and channels do not count"},
    set_option,
    csv_option,
};

const arguments::usage usage{"learn INPUT... [-c FILE.yaml] [--set KEY=VALUE]...",
                             "Recorded readings (weeks of them: NDJSON, or CSV by a mapping; - is standard input; "
                             "several files are merged by\n"
                             "time) teach a new ledger what is normal for each sensor: no results, no alarms, no "
                             "pages. millwright run with the\n"
                             "same configuration then goes on from it with the live source, and pages from its first "
                             "day. The ledger is there\n"
                             "whole or not at all; one that exists is left alone.",
                             known, 1, 10'000};

std::atomic<bool> interrupted{false};

} // namespace

int learn_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  learn_request request;
  request.settings = settings_told(line);
  if (request.settings.ledger.path.empty())
    throw failure{failure_code::bad_configuration, "ledger.path",
                  "expected a directory: what is learned is kept there"};
  request.inputs = line.positionals();
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  request.stop = [] { return interrupted.load(); };
  const input_progress shown{request.inputs};
  request.progress = shown.on_terminal();
  const auto summary = learn(request);
  shown.clear();
  if (!summary) {
    fmt::print("interrupted: nothing was made\n");
    return 130;
  }
  fmt::print("{}{} is a new ledger; to go on from it: millwright run{}\n", to_text(*summary),
             request.settings.ledger.path, line.repeated({"--config", "--set"}));
  return 0;
}

} // namespace millwright
