#include "runtime/metadata/metadata_watcher.hpp"

#include "runtime/metadata/plant_metadata.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>

namespace millwright {

namespace {

// Coarser than the time stamps of any file system in use.
constexpr int64_t settled_after_ns = 2'000'000'000;

int64_t nanoseconds(const timespec& x) {
  return x.tv_sec * 1'000'000'000 + x.tv_nsec;
}

int64_t wall_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

} // namespace

metadata_watcher::metadata_watcher(std::string facilities_path, std::string sensors_path, uint64_t known)
    : paths_{std::move(facilities_path), std::move(sensors_path)}, known_{known} {}

std::optional<std::string> metadata_watcher::poll() {
  trouble_.clear();
  std::array<stamp, 2> before, after;
  for (size_t i = 0; i < paths_.size(); ++i)
    if (!stamp_of(paths_[i], before[i]))
      return std::nullopt;
  if (before == stamps_ && !fresh_)
    return std::nullopt;
  const int64_t now = wall_ns();
  std::array<std::string, 2> texts;
  for (size_t i = 0; i < paths_.size(); ++i)
    if (!read(paths_[i], texts[i]) || !stamp_of(paths_[i], after[i]))
      return std::nullopt;
  // Written while it was read: the next poll looks again.
  if (before != after)
    return std::nullopt;
  stamps_ = after;
  fresh_ = std::any_of(after.begin(), after.end(), [now](const stamp& x) {
    return std::max(x.modified_ns, x.changed_ns) > now - settled_after_ns;
  });
  std::string content = metadata_content(texts[0], texts[1], paths_[0], paths_[1]);
  const auto fingerprint = fingerprint_of(content);
  if (fingerprint == known_)
    return std::nullopt;
  known_ = fingerprint;
  return content;
}

bool metadata_watcher::stamp_of(const std::string& path, stamp& out) {
  if (path.empty()) {
    out.size = 0;
    return true;
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    trouble_ = path + ": " + std::strerror(errno);
    return false;
  }
  out = {nanoseconds(info.st_mtim), nanoseconds(info.st_ctim), info.st_size, info.st_ino, info.st_dev};
  return true;
}

bool metadata_watcher::read(const std::string& path, std::string& out) {
  if (path.empty())
    return true;
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (in.is_open() && in.peek() != std::ifstream::traits_type::eof())
    text << in.rdbuf();
  if (!in.is_open() || in.bad()) {
    trouble_ = path + ": cannot be read";
    return false;
  }
  out = text.str();
  return true;
}

} // namespace millwright
