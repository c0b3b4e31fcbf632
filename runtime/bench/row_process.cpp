#include "runtime/bench/row_process.hpp"

#include "protocol/failure.hpp"
#include "protocol/json_list.hpp"

#include <fcntl.h>
#include <poll.h>
#include <rapidjson/document.h>
#include <signal.h>
#include <spawn.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace millwright {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds usual_most{60};

void put(json_object& into, std::string_view key, const std::optional<double>& value) {
  value ? into.number(key, *value) : into.null(key);
}

std::string encode(const row_outcome& outcome) {
  const auto list = json_list(outcome.measures, [](std::string& to, const auto& each) {
    json_object object{to};
    object.text("name", each.name).number("value", each.value).text("unit", each.unit);
    object.boolean("less_is_better", each.less_is_better).text("note", each.note);
    put(object, "target", each.target);
    put(object, "goal", each.goal);
    put(object, "low", each.low);
    put(object, "high", each.high);
    object.close();
  });
  std::string out;
  json_object object{out};
  object.text("problem", outcome.problem).raw("measures", list);
  object.close();
  return out;
}

std::optional<double> number_of(const rapidjson::Value& object, const char* key) {
  const auto it = object.FindMember(key);
  return it != object.MemberEnd() && it->value.IsNumber() ? std::optional{it->value.GetDouble()} : std::nullopt;
}

bool decode(const std::string& text, row_outcome& out) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  if (document.HasParseError() || !document.IsObject())
    return false;
  out.problem = document["problem"].GetString();
  for (const auto& each : document["measures"].GetArray()) {
    bench_measure measure;
    measure.name = each["name"].GetString();
    measure.unit = each["unit"].GetString();
    measure.value = number_of(each, "value").value_or(std::nan(""));
    measure.less_is_better = each["less_is_better"].GetBool();
    measure.target = number_of(each, "target");
    measure.goal = number_of(each, "goal");
    measure.low = number_of(each, "low");
    measure.high = number_of(each, "high");
    measure.note = each["note"].GetString();
    out.measures.push_back(std::move(measure));
  }
  return true;
}

/// A directory for one run.
class run_directory {
public:
  explicit run_directory(const std::string& parent) : path_{parent + "/millwright-bench-XXXXXX"} {
    if (!mkdtemp(path_.data()))
      throw failure{failure_code::output_unwritable, parent,
                    std::string{"no directory can be made: "} + std::strerror(errno)};
  }
  ~run_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  run_directory(const run_directory&) = delete;
  run_directory& operator=(const run_directory&) = delete;

  const std::string& path() const { return path_; }

private:
  std::string path_;
};

// What the child prints until it ends or `deadline` has come; false then.
bool read_until(int descriptor, steady::time_point deadline, std::string& text) {
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady::now()).count();
    pollfd waiting{descriptor, POLLIN, 0};
    if (left <= 0 || (poll(&waiting, 1, static_cast<int>(left)) < 0 && errno != EINTR))
      return false;
    if (waiting.revents == 0)
      continue;
    const ssize_t n = read(descriptor, buffer, sizeof buffer);
    if (n == 0)
      return true;
    if (n > 0)
      text.append(buffer, static_cast<size_t>(n));
    else if (errno != EINTR)
      return true;
  }
}

} // namespace

row_outcome run_apart(const bench_row& row, const bench_request& request) {
  const run_directory directory{request.directory};
  std::vector<std::string> line{"millwright", "bench",          "--row",   std::string{row.name},
                                "--dir",      directory.path(), "--types", request.sensor_types};
  if (!request.kafka.empty())
    line.insert(line.end(), {"--kafka", request.kafka});
  if (request.tiny)
    line.emplace_back("--tiny");
  std::vector<char*> words;
  for (auto& word : line)
    words.push_back(word.data());
  words.push_back(nullptr);

  row_outcome out;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    out.problem = std::strerror(errno);
    return out;
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, "/proc/self/exe", &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    out.problem = std::strerror(failed);
    return out;
  }
  std::string text;
  const auto begin = steady::now();
  const bool ended = read_until(ends[0], steady::now() + std::chrono::seconds{row.seconds_most}, text);
  close(ends[0]);
  if (!ended)
    kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended)
    out.problem = "took longer than " + std::to_string(row.seconds_most) + " s";
  else if (WIFSIGNALED(status))
    out.problem = "ended by signal " + std::to_string(WTERMSIG(status));
  else if (!decode(text, out))
    out.problem = "ended with code " + std::to_string(WEXITSTATUS(status)) + " without a result";
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(steady::now() - begin);
  if (took > usual_most && !out.measures.empty()) {
    auto& note = out.measures.front().note;
    note += (note.empty() ? "took " : "; took ") + std::to_string(took.count()) + " s";
  }
  return out;
}

int run_here(const bench_row& row, const bench_request& request) {
  // Nobody waits for the result of a row whose caller was interrupted.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  spdlog::set_default_logger(spdlog::stderr_logger_mt("millwright"));
  spdlog::set_level(spdlog::level::err);
  row_outcome outcome;
  try {
    outcome.measures = row.run(request);
  } catch (const std::exception& problem) {
    outcome.problem = problem.what();
  }
  std::puts(encode(outcome).c_str());
  return outcome.problem.empty() ? 0 : 2;
}

} // namespace millwright
