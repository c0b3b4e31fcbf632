#include "runtime/metadata/file_stamp.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace millwright {

namespace {

// Coarser than the time stamps of any file system in use.
constexpr int64_t settled_after_ns = 2'000'000'000;

int64_t nanoseconds(const timespec& x) {
  return x.tv_sec * 1'000'000'000 + x.tv_nsec;
}

} // namespace

bool file_stamp::fresh(int64_t now_ns) const {
  return std::max(modified_ns, changed_ns) > now_ns - settled_after_ns;
}

bool look_at_stamp(const std::string& path, file_stamp& out) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    return false;
  out = {nanoseconds(info.st_mtim), nanoseconds(info.st_ctim), info.st_size, info.st_ino, info.st_dev};
  return true;
}

int64_t wall_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

} // namespace millwright
