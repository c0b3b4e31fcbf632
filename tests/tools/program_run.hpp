#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace millwright::testing {

struct program_end {
  /// -1 when a signal ended it.
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs the built program to its end, with nothing on its standard input.
inline program_end run_millwright(const std::vector<std::string>& line) {
  std::string program = MILLWRIGHT_PROGRAM;
  std::vector<char*> words{program.data()};
  auto copy = line;
  for (auto& word : copy)
    words.push_back(word.data());
  words.push_back(nullptr);

  std::FILE* out = std::tmpfile();
  std::FILE* err = std::tmpfile();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, fileno(out), 1);
  posix_spawn_file_actions_adddup2(&files, fileno(err), 2);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0)
    throw std::runtime_error{"cannot start " + program};

  program_end end;
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status))
    end.code = WEXITSTATUS(status);
  for (auto [file, text] : {std::pair{out, &end.out}, std::pair{err, &end.err}}) {
    std::rewind(file);
    char buffer[4096];
    while (const auto n = std::fread(buffer, 1, sizeof buffer, file))
      text->append(buffer, n);
    std::fclose(file);
  }
  return end;
}

} // namespace millwright::testing
