#include "runtime/ledger/child_answer.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace millwright {

namespace {

enum ending : int { answered, failed, thrown };

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

std::string read_all(int file) {
  std::string out;
  char part[4096];
  for (;;) {
    const auto n = read(file, part, sizeof part);
    if (n > 0)
      out.append(part, static_cast<size_t>(n));
    else if (n == 0 || errno != EINTR)
      return out;
  }
}

[[noreturn]] void be_the_child(const std::function<std::string()>& work, int to) {
  // Whatever the program does on a fault (print a stack, say) is not wanted for this one.
  for (const int fault : {SIGBUS, SIGSEGV, SIGABRT, SIGILL})
    signal(fault, SIG_DFL);
  int how = thrown;
  std::string words;
  try {
    words = work();
    how = answered;
  } catch (const failure& mistake) {
    // Its advice comes again with the failure that the parent throws.
    words = mistake.what();
    const auto advice = " (" + std::string{advice_for(mistake.code())} + ")";
    if (words.ends_with(advice))
      words.resize(words.size() - advice.size());
    words.insert(words.begin(), static_cast<char>(mistake.code()));
    how = failed;
  } catch (const std::exception& e) {
    words = e.what();
  }
  write_all(to, words);
  _exit(how);
}

} // namespace

std::string answer_of_child(const std::function<std::string()>& work, child_failures otherwise,
                            const std::string& where) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw failure{otherwise.no_child, where, std::string{"no child process: "} + std::strerror(errno)};
  const pid_t parent = getpid(), child = fork();
  if (child < 0) {
    const int why = errno;
    close(ends[0]);
    close(ends[1]);
    throw failure{otherwise.no_child, where, std::string{"no child process: "} + std::strerror(why)};
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(thrown);
    be_the_child(work, ends[1]);
  }
  close(ends[1]);
  auto words = read_all(ends[0]);
  close(ends[0]);
  int how = 0;
  while (waitpid(child, &how, 0) < 0)
    if (errno != EINTR)
      throw failure{otherwise.died, where, "its child process was lost"};
  if (WIFSIGNALED(how))
    throw failure{otherwise.died, where, std::string{"reading it ended with "} + strsignal(WTERMSIG(how))};
  if (WEXITSTATUS(how) == answered)
    return words;
  if (WEXITSTATUS(how) == failed && !words.empty())
    throw failure{static_cast<failure_code>(words.front()), "", words.substr(1)};
  throw failure{otherwise.died, where, words};
}

} // namespace millwright
