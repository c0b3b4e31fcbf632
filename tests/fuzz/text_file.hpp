#pragma once

#include "tests/fuzz/must.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace millwright::fuzz {

/// A file in memory for what reads files by their name.
class text_file {
public:
  text_file() : fd_{memfd_create("input", MFD_CLOEXEC)} { must(fd_ >= 0, "a file can be made in memory"); }
  text_file(const text_file&) = delete;

  /// Its path, with `text` in it.
  const std::string& holding(std::string_view text) {
    must(ftruncate(fd_, 0) == 0 && pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
         "a file in memory takes the input");
    return path_;
  }

private:
  int fd_;
  std::string path_ = "/proc/self/fd/" + std::to_string(fd_);
};

} // namespace millwright::fuzz
