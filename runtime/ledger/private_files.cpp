#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace millwright {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 7> names_of_stores{"data.mdb", "lock.mdb", "owner", "newest",
                                                          "clean",    "begun",    "untold"};

/// Empty, or why not.
std::string tighten_one(const std::string& path) {
  struct stat about {};
  if (lstat(path.c_str(), &about) != 0 || !(S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) ||
      (about.st_mode & 077) == 0)
    return {};
  if (chmod(path.c_str(), about.st_mode & 0700) == 0)
    return {};
  return path + " can be read by others, and that cannot be changed: " + std::strerror(errno);
}

bool of_a_store(const fs::path& path) {
  const auto name = path.filename().string();
  for (const auto each : names_of_stores)
    if (name == each)
      return true;
  return false;
}

} // namespace

void make_private_directory(const std::string& path) {
  if (const auto parent = fs::path{path}.parent_path(); !parent.empty())
    fs::create_directories(parent);
  if (mkdir(path.c_str(), private_directory) != 0 && !(errno == EEXIST && fs::is_directory(path)))
    throw fs::filesystem_error{"", path, std::error_code{errno, std::generic_category()}};
}

bool make_private_file(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, private_file);
  return file >= 0 && close(file) == 0;
}

std::string tighten(const std::string& directory) {
  std::string trouble;
  const auto note = [&](const std::string& what) { trouble += (trouble.empty() || what.empty() ? "" : "; ") + what; };
  bool own = true;
  std::error_code error;
  for (fs::directory_iterator each{directory, error}, end; !error && each != end; each.increment(error)) {
    if (of_a_store(each->path()))
      note(tighten_one(each->path().string()));
    else
      own = false;
  }
  if (own && !error)
    note(tighten_one(directory));
  return trouble;
}

} // namespace millwright
