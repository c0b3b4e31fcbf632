#include "tools/replay_command.hpp"

#include "protocol/failure.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/replay/replay.hpp"
#include "tools/input_progress.hpp"
#include "tools/judged_replay.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>

#include <csignal>

#include <array>
#include <atomic>

namespace millwright {

namespace {

// What is behind the meaning of the last one is the process' to say: the kinds of results.
constexpr std::array known{
    option{"--out", "-o", "DIR", "where DIR/KIND.ndjson are written (made when missing)"},
    option{"--config", "-c", "FILE.yaml", "configuration; its source, ledger and channels' transports do not count"},
    set_option,
    csv_option,
    compare_option,
    with_option,
    figures_option,
    truth_option,
    operators_option,
    figures_json_option,
    option{"--kinds", "", "KIND,...", ""},
};

constexpr std::string_view purpose =
    "Puts recorded readings (NDJSON, or CSV by a mapping; - is standard input; several files are merged by time) "
    "through\n"
    "the actors of a live node as fast as they go. No page leaves: notifications are written as planned. The same "
    "input\n"
    "gives the same bytes, whatever the number of shards and threads. With --compare or --with the readings are judged "
    "twice:\n"
    "what the other configuration would have paged, more and fewer.";

std::atomic<bool> interrupted{false};

std::set<result_kind> kinds_of(const std::string& text) {
  std::set<result_kind> kinds;
  if (text.empty()) {
    const auto all = result_kinds();
    return {all.begin(), all.end()};
  }
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto name = text.substr(begin, end - begin);
    result_kind kind;
    if (!result_kind_named(name, kind))
      throw failure{failure_code::bad_usage, "--kinds",
                    "expected kinds of results (" + result_kind_names() + "), got \"" + name + "\""};
    kinds.insert(kind);
    begin = end + 1;
  }
  return kinds;
}

} // namespace

int replay_command(const std::vector<std::string>& given) {
  const auto kinds = "write only these: " + result_kind_names();
  auto options = known;
  options.back().meaning = kinds;
  const arguments line{{"replay [-c FILE.yaml] [--set KEY=VALUE]... INPUT... --out DIR|--compare B.yaml|--figures",
                        purpose, options, 1, 10'000},
                       given};
  if (line.help_printed())
    return 0;
  const bool figures = wants_figures(line);
  if (!figures && !line.has("--out"))
    throw failure{failure_code::bad_usage, "--out", "expected the directory for the results"};
  replay_request request;
  request.settings = settings_told(line);
  request.settings.source.file.follow = false;
  request.inputs = line.positionals();
  request.out = line.text("--out");
  if (line.has("--out") || line.has("--kinds"))
    request.kinds = kinds_of(line.text("--kinds"));
  if (line.has("--kinds") && !line.has("--out"))
    throw failure{failure_code::bad_usage, "--kinds", "expected --out beside it, where they are written"};
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  request.stop = [] { return interrupted.load(); };
  const input_progress shown{request.inputs};
  request.progress = shown.on_terminal();
  if (figures)
    return run_judged_replay(line, request, shown);
  const auto result = replay(request);
  shown.clear();
  fmt::print("{}{}", interrupted ? "interrupted: what follows is of the readings so far\n" : "",
             to_text(result.summary, result.seconds));
  return interrupted ? 130 : 0;
}

} // namespace millwright
