#include "runtime/replay/comparison.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace millwright {

namespace {

/// One run with all that figures are made of.
struct judged_run {
  alarm_history history;
  uint64_t readings = 0;
};

judged_run run_of(const judged_request& request) {
  judged_run out;
  auto run = request.run;
  run.history = &out.history;
  const auto result = replay(run);
  out.readings = count_of(result.summary.counters, "accepted");
  if (out.readings == 0 && !(run.stop && run.stop())) {
    const auto why = refusals_of(result.summary.counters);
    throw failure{failure_code::not_found, run.inputs.front(),
                  "no reading was accepted, so nothing was judged" +
                      (request.name.empty() ? "" : " with " + request.name) +
                      (why.empty() ? ": there is none in it" : "; refused: " + why)};
  }
  return out;
}

judged_alarms figures_over(const judged_run& run, const std::string& name, event_time from, event_time to,
                           const judging_options& options) {
  return judge(run.history, name, run.readings, from, to, options);
}

/// What is wrong with an input that is gone once it has been read; empty: nothing.
std::string read_only_once(const std::string& input) {
  const std::string once = " can be read only once, and is needed twice: name a file";
  if (input == "-")
    return "standard input" + once;
  std::error_code ignored;
  switch (std::filesystem::status(input, ignored).type()) {
  case std::filesystem::file_type::fifo:
  case std::filesystem::file_type::character:
  case std::filesystem::file_type::socket:
    return "a pipe" + once;
  default:
    return {};
  }
}

[[noreturn]] void differ(const judged_request& before, const judged_request& after, const std::string& key,
                         const std::string& what) {
  throw failure{failure_code::bad_configuration, after.name,
                key + " is another one than with " + before.name + ": " + what +
                    ". Both have to judge the same readings"};
}

} // namespace

judged_alarms judge_replay(const judged_request& request, const judging_options& options) {
  const auto run = run_of(request);
  return figures_over(run, request.name, run.history.from(), run.history.to(), options);
}

void check_same_readings(const judged_request& before, judged_request& after) {
  const auto& old = before.run.settings.source;
  auto& now = after.run.settings.source;
  if (!now.file.csv)
    now.file.csv = old.file.csv;
  if (now.file.csv != old.file.csv)
    differ(before, after, "source.file.csv",
           "name the mapping that holds for both with --csv, or take it out of " + after.name);
  if (now.quality != old.quality)
    differ(before, after, "source.quality", "set it alike in both");
}

std::optional<replay_comparison> compare_replays(const judged_request& before, const judged_request& after,
                                                 const judging_options& options) {
  for (const auto& each : before.run.inputs)
    if (const auto problem = read_only_once(each); !problem.empty())
      throw failure{failure_code::bad_usage, each, problem};
  auto other = after;
  check_same_readings(before, other);
  const auto stopped = [](const judged_request& x) { return x.run.stop && x.run.stop(); };
  const auto first = run_of(before);
  if (stopped(before))
    return std::nullopt;
  const auto second = run_of(other);
  if (stopped(other))
    return std::nullopt;
  const auto from = std::min(first.history.from(), second.history.from()),
             to = std::max(first.history.to(), second.history.to());
  return replay_comparison{figures_over(first, before.name, from, to, options),
                           figures_over(second, after.name, from, to, options),
                           difference_of(first.history, second.history)};
}

} // namespace millwright
