#pragma once

#include <rapidjson/document.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace millwright::testing {

inline bool eventually(const std::function<bool()>& holds, std::chrono::seconds patience = std::chrono::seconds{20}) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

struct request {
  std::string path, method, key, body, may_repeat, type;
  int status = 0;
  bool is_signed = false;
  int64_t at_ns = 0;
  std::map<std::string, std::string> headers = {};
};

/// A program of tests/integration that serves at a port which it prints, as a child process.
class serving_child {
public:
  serving_child(const std::string& program, const std::vector<std::string>& arguments) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error{"no pipe"};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    const auto tests = std::filesystem::path{MILLWRIGHT_FOLDER} / "tests";
    const auto script = (tests / "integration" / program).string();
    std::vector<const char*> words{"python3", script.c_str()};
    for (const auto& each : arguments)
      words.push_back(each.c_str());
    words.push_back(nullptr);
    if (posix_spawnp(&pid_, "python3", &actions, nullptr, const_cast<char**>(words.data()), environ) != 0)
      throw std::runtime_error{"python3 cannot be started"};
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char text[16] = "";
    size_t size = 0;
    while (size < sizeof text - 1 && !std::string_view{text, size}.ends_with('\n')) {
      const auto got = read(ends[0], text + size, sizeof text - 1 - size);
      if (got <= 0)
        break;
      size += static_cast<size_t>(got);
    }
    close(ends[0]);
    port = std::atoi(text);
    if (port == 0)
      throw std::runtime_error{program + " did not start"};
  }
  serving_child(const serving_child&) = delete;
  serving_child& operator=(const serving_child&) = delete;
  ~serving_child() { stop(); }

  void stop() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

  int port = 0;

private:
  pid_t pid_ = 0;
};

/// A directory that goes with this object.
class own_directory {
public:
  own_directory() {
    auto name = (std::filesystem::temp_directory_path() / "receiver-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  own_directory(const own_directory&) = delete;
  own_directory& operator=(const own_directory&) = delete;
  ~own_directory() { std::filesystem::remove_all(path); }

  std::string path;
};

/// The JSON objects in a file, a line each.
inline void each_line_of(const std::string& path, const std::function<void(const rapidjson::Document&)>& visit) {
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    rapidjson::Document x;
    x.Parse(line.c_str());
    if (x.IsObject())
      visit(x);
  }
}

/// tests/integration/http_receiver.py as a child process, with a directory of its own.
class receiver {
public:
  explicit receiver(const std::string& secret = "k")
      : child_{"http_receiver.py", {directory_.path + "/requests", secret}}, port{child_.port} {}

  void stop() { child_.stop(); }

  std::string url(const std::string& path) const {
    return std::string{"http://127.0.0.1:"}.append(std::to_string(port)).append(path);
  }

  std::vector<request> requests() const {
    std::vector<request> out;
    each_line_of(directory_.path + "/requests", [&](const rapidjson::Document& x) {
      out.push_back({x["path"].GetString(), x["method"].GetString(), x["key"].GetString(), x["body"].GetString(),
                     x["may_repeat"].GetString(), x["type"].GetString(), x["status"].GetInt(), x["signed"].GetBool(),
                     x["at_ns"].GetInt64()});
      for (const auto& each : x["headers"].GetObject())
        out.back().headers.emplace(each.name.GetString(), each.value.GetString());
    });
    return out;
  }

  /// For what else a test keeps beside what was received.
  const std::string& directory() const { return directory_.path; }

private:
  own_directory directory_;
  serving_child child_;

public:
  int port = 0;
};

} // namespace millwright::testing
