#include "runtime/metadata/metadata_watcher.hpp"

#include "runtime/metadata/plant_metadata.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace millwright {

metadata_watcher::metadata_watcher(std::string facilities_path, std::string sensors_path, uint64_t known)
    : paths_{std::move(facilities_path), std::move(sensors_path)}, known_{known} {}

std::optional<std::string> metadata_watcher::poll() {
  trouble_.clear();
  std::array<file_stamp, 2> before, after;
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
  fresh_ = std::any_of(after.begin(), after.end(), [now](const file_stamp& x) { return x.fresh(now); });
  std::string content = metadata_content(texts[0], texts[1], paths_[0], paths_[1]);
  const auto fingerprint = fingerprint_of(content);
  if (fingerprint == known_)
    return std::nullopt;
  known_ = fingerprint;
  return content;
}

bool metadata_watcher::stamp_of(const std::string& path, file_stamp& out) {
  if (path.empty()) {
    out.size = 0;
    return true;
  }
  if (look_at_stamp(path, out))
    return true;
  trouble_ = path + ": " + std::strerror(errno);
  return false;
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
