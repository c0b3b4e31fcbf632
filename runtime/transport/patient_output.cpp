#include "runtime/transport/patient_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

namespace millwright {

namespace {

// A description of our own, or -1: the flags of the given one are those of everybody who has it, a shell for example.
int reopened(int standard) {
  const auto path = "/proc/self/fd/" + std::to_string(standard);
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

} // namespace

patient_output::patient_output(int standard) : file_{standard}, piece_{PIPE_BUF} {
  struct stat about {};
  if (::fstat(standard, &about) != 0)
    return;
  if (S_ISREG(about.st_mode))
    piece_ = SSIZE_MAX;
  if (!S_ISFIFO(about.st_mode) && ::isatty(standard) != 1)
    return;
  if (const int file = reopened(standard); file >= 0) {
    file_ = file;
    own_ = true;
    piece_ = SSIZE_MAX;
  }
}

patient_output::patient_output(const std::string& path) : own_{true}, piece_{PIPE_BUF} {
  if (const auto folder = std::filesystem::path{path}.parent_path(); !folder.empty()) {
    // What is wrong with it is told by opening.
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
  }
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0666);
  if (file_ < 0)
    throw std::system_error{errno, std::generic_category(), path};
  struct stat about {};
  if (::fstat(file_, &about) == 0 && S_ISREG(about.st_mode))
    piece_ = SSIZE_MAX;
  else
    ::fcntl(file_, F_SETFL, O_APPEND | O_NONBLOCK);
}

patient_output::~patient_output() {
  if (own_)
    ::close(file_);
}

bool patient_output::ready() const noexcept {
  pollfd look{file_, POLLOUT, 0};
  return ::poll(&look, 1, 0) == 1;
}

int patient_output::write(std::string_view text, milliseconds patience) noexcept {
  const auto until = clock::now() + patience;
  if (torn_) {
    if (const int error = put("\n", until))
      return error;
    torn_ = false;
  }
  return put(text, until);
}

int patient_output::put(std::string_view text, clock::time_point until) noexcept {
  const auto whole = text.size();
  while (!text.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(until - clock::now()).count();
    pollfd look{file_, POLLOUT, 0};
    const int ready = ::poll(&look, 1, static_cast<int>(std::clamp<int64_t>(left, 0, INT_MAX)));
    int error = ready == 0 ? ETIMEDOUT : ready < 0 ? errno : 0;
    if (error == 0) {
      const auto written = ::write(file_, text.data(), std::min(text.size(), piece_));
      if (written >= 0) {
        text.remove_prefix(static_cast<size_t>(written));
        continue;
      }
      error = errno;
    }
    if (error == EINTR)
      continue;
    if (error == EAGAIN && clock::now() < until) {
      // Ready, but not for so much.
      ::poll(nullptr, 0, 5);
      continue;
    }
    torn_ = torn_ || text.size() < whole;
    return error == EAGAIN ? ETIMEDOUT : error;
  }
  return 0;
}

} // namespace millwright
