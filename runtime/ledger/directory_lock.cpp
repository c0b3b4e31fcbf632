#include "runtime/ledger/directory_lock.hpp"

#include "protocol/failure.hpp"
#include "protocol/time.hpp"
#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace millwright {

directory_lock::directory_lock(const std::string& directory) {
  try {
    make_private_directory(directory);
  } catch (const std::filesystem::filesystem_error& error) {
    throw failure{failure_code::ledger_unwritable, directory,
                  "the directory cannot be made: " + error.code().message()};
  }
  const auto path = directory + "/owner";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, private_file);
  if (file_ < 0)
    throw failure{failure_code::ledger_unwritable, path, std::string{"cannot be opened: "} + std::strerror(errno)};
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    char text[200];
    const auto size = pread(file_, text, sizeof text, 0);
    close(file_);
    if (why != EWOULDBLOCK)
      throw failure{failure_code::ledger_unwritable, path, std::string{"cannot be locked: "} + std::strerror(why)};
    std::string holder{text, size > 0 ? static_cast<size_t>(size) : 0};
    holder = holder.substr(0, holder.find('\n'));
    throw failure{failure_code::ledger_locked, directory,
                  holder.empty() ? "held by another process" : "held by process " + holder};
  }
  if (const auto trouble = tighten(directory); !trouble.empty())
    spdlog::warn("{}", trouble);
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto text = std::to_string(getpid()) + ", started " + to_iso(now) + '\n';
  // Only words for a person: a full disk does not keep the lock from holding.
  if (ftruncate(file_, 0) != 0 || pwrite(file_, text.data(), text.size(), 0) < 0)
    errno = 0;
}

directory_lock::~directory_lock() {
  if (file_ >= 0)
    close(file_);
}

void directory_lock::leave_to_parent() {
  close(file_);
  file_ = -1;
}

} // namespace millwright
