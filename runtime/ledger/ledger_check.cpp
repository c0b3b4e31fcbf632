#include "runtime/ledger/ledger_check.hpp"
#include "runtime/ledger/first_format.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/page_check.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace millwright {

namespace {

enum verdict : int { good, damaged, newer, unreadable };

std::optional<ledger_table> table_named(std::string_view name) {
  for (size_t i = 0; i < ledger_table_count; ++i)
    if (ledger_table_names[i] == name)
      return static_cast<ledger_table>(i);
  return std::nullopt;
}

/// What the child does. `words` says what is wrong.
verdict look_through(const std::string& path, check_depth depth, std::string& words) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) {
    words = std::strerror(errno);
    return unreadable;
  }
  const auto size = static_cast<size_t>(status.st_size);
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) {
    words = std::strerror(errno);
    return unreadable;
  }
  verdict result = good;
  size_t tables = 0;
  bool has_changes = false;
  const auto at_table = [&](std::string_view name) -> std::optional<std::string> {
    ++tables;
    has_changes = has_changes || name == name_of(ledger_table::changes);
    if (table_named(name))
      return std::nullopt;
    return "it holds a table of no known name";
  };
  const auto at_record = [&](std::string_view name, std::string_view key,
                             std::string_view value) -> std::optional<std::string> {
    const auto table = *table_named(name);
    if (depth == check_depth::structure && holds_results(table))
      return std::nullopt;
    record_view record;
    const auto state = read_record(table, key, value, record);
    if (state == record_state::good && table == ledger_table::meta && key == "format" &&
        binary_reader{record.payload}.u32() > ledger_format_version)
      result = newer;
    if (state == record_state::newer)
      result = newer;
    if (result == newer)
      return describe_record(table, key) + " was written by a newer millwright";
    if (state == record_state::damaged)
      return describe_record(table, key) + " is damaged";
    return std::nullopt;
  };
  const auto wrong = check_pages({static_cast<const char*>(map), size}, at_table, at_record);
  if (wrong) {
    words = *wrong;
    return result == newer ? newer : damaged;
  }
  // All are made by one transaction; one of the first format gets its last with the upgrade.
  if (tables != 0 && tables != ledger_table_count && !(tables == first_format_tables && !has_changes)) {
    words = "a table is missing";
    return damaged;
  }
  return good;
}

void write_all(int file, std::string_view words) {
  while (!words.empty()) {
    const auto n = write(file, words.data(), words.size());
    if (n <= 0)
      return;
    words.remove_prefix(static_cast<size_t>(n));
  }
}

std::string read_all(int file) {
  std::string words;
  char part[512];
  for (;;) {
    const auto n = read(file, part, sizeof part);
    if (n > 0)
      words.append(part, static_cast<size_t>(n));
    else if (n == 0 || errno != EINTR)
      return words;
  }
}

} // namespace

void check_ledger_file(const std::string& path, check_depth depth, const std::function<void()>& in_child) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || status.st_size == 0)
    return;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw failure{failure_code::ledger_unwritable, path, std::string{"cannot be checked: "} + std::strerror(errno)};
  const pid_t parent = getpid(), child = fork();
  if (child < 0) {
    const int why = errno;
    close(ends[0]);
    close(ends[1]);
    throw failure{failure_code::ledger_unwritable, path, std::string{"cannot be checked: "} + std::strerror(why)};
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(unreadable);
    // Whatever the program does on a fault (print a stack, say) is not wanted for this one.
    for (const int fault : {SIGBUS, SIGSEGV, SIGABRT, SIGILL})
      signal(fault, SIG_DFL);
    in_child();
    std::string words;
    int result = unreadable;
    try {
      result = look_through(path, depth, words);
    } catch (const std::exception& e) {
      words = e.what();
    }
    write_all(ends[1], words);
    _exit(result);
  }
  close(ends[1]);
  const auto words = read_all(ends[0]);
  close(ends[0]);
  int how = 0;
  while (waitpid(child, &how, 0) < 0)
    if (errno != EINTR)
      throw failure{failure_code::ledger_damaged, path, "its check was lost"};
  if (WIFSIGNALED(how))
    throw failure{failure_code::ledger_damaged, path, std::string{"reading it ended with "} + strsignal(WTERMSIG(how))};
  switch (WEXITSTATUS(how)) {
  case good:
    return;
  case newer:
    throw failure{failure_code::ledger_version, path, words};
  case damaged:
    throw failure{failure_code::ledger_damaged, path, words};
  default:
    throw failure{failure_code::ledger_damaged, path, "cannot be read: " + words};
  }
}

} // namespace millwright
