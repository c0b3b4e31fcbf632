#include "tools/replay_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/replay/replay.hpp"
#include "runtime/settings/load_settings.hpp"
#include "tools/arguments.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>

namespace millwright {

namespace {

constexpr std::array known{
    option{"--out", "-o", "DIR", "where DIR/KIND.ndjson are written (made when missing)"},
    option{"--config", "-c", "FILE.yaml", "configuration; its source, ledger and channels' transports do not count"},
    option{"--set", "", "KEY=VALUE", "a setting beside the configuration; repeatable"},
    option{"--csv", "", "MAPPING.yaml", "how a CSV input becomes readings (the keys of source.file.csv)"},
    option{"--kinds", "", "KIND,...",
           "write only these: statistics, patterns, averages, anomalies, alarms, notifications, "
           "dead-letters, counts, scores"},
};

const arguments::usage usage{"replay [-c FILE.yaml] [--set KEY=VALUE]... INPUT... --out DIR",
                             "Puts recorded readings (NDJSON, or CSV by a mapping; - is standard input; several files "
                             "are merged by time) through\n"
                             "the actors of a live node as fast as they go. No page leaves: notifications are written "
                             "as planned. The same input\n"
                             "gives the same bytes, whatever the number of shards and threads.",
                             known, 1, 10'000};

std::atomic<bool> interrupted{false};

uint64_t bytes_of(const std::vector<std::string>& inputs) {
  uint64_t sum = 0;
  for (const auto& input : inputs) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(input, problem);
    if (problem)
      return 0;
    sum += size;
  }
  return sum;
}

// How far the replay has come in its input, by where the process reads: what is in a pipe has no length.
void draw(uint64_t taken, event_time watermark, double seconds, uint64_t bytes, uint64_t done) {
  constexpr int width = 30;
  std::string bar;
  if (bytes > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(bytes));
    const int full = static_cast<int>(share * width);
    bar = fmt::format("[{}{}] {:3.0f} %  ", std::string(static_cast<size_t>(full), '#'),
                      std::string(static_cast<size_t>(width - full), '.'), share * 100);
  }
  fmt::print(stderr, "\r\x1b[K{}{} readings, {:.0f}/s, at {}", bar, taken,
             seconds > 0 ? static_cast<double>(taken) / seconds : 0.0, to_iso(watermark));
  std::fflush(stderr);
}

std::set<result_kind> kinds_of(const std::string& text) {
  std::set<result_kind> kinds;
  if (text.empty()) {
    for (int i = 0; i < result_kind_count; ++i)
      kinds.insert(static_cast<result_kind>(i));
    return kinds;
  }
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto name = text.substr(begin, end - begin);
    result_kind kind;
    if (!result_kind_named(name, kind))
      throw failure{failure_code::bad_usage, "--kinds",
                    "expected kinds of results (statistics, patterns, averages, anomalies, alarms, notifications, "
                    "dead-letters, counts, scores), got \"" +
                        name + "\""};
    kinds.insert(kind);
    begin = end + 1;
  }
  return kinds;
}

} // namespace

int replay_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  if (!line.has("--out"))
    throw failure{failure_code::bad_usage, "--out", "expected the directory for the results"};
  replay_request request;
  const auto file = line.text("--config");
  std::vector<std::string> notices;
  request.settings = file.empty() ? settings_from_overrides(line.all("--set"), &notices)
                                  : load_settings(file, line.all("--set"), &notices);
  for (const auto& each : notices)
    fmt::print(stderr, "{}\n", each);
  if (line.has("--csv"))
    request.settings.source.file.csv = load_csv_mapping(line.text("--csv"));
  request.settings.source.file.follow = false;
  request.inputs = line.positionals();
  request.out = line.text("--out");
  request.kinds = kinds_of(line.text("--kinds"));
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  request.stop = [] { return interrupted.load(); };
  const auto begin = std::chrono::steady_clock::now();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const uint64_t bytes = bytes_of(request.inputs);
  uint64_t seen = 0;
  if (terminal)
    request.progress = [&](uint64_t taken, uint64_t read, event_time watermark) {
      seen = std::max(seen, read);
      draw(taken, watermark, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), bytes,
           seen);
    };
  const auto result = replay(request);
  if (terminal)
    fmt::print(stderr, "\r\x1b[K");
  fmt::print("{}{}", interrupted ? "interrupted: what follows is of the readings so far\n" : "",
             to_text(result.summary, result.seconds));
  return interrupted ? 130 : 0;
}

} // namespace millwright
