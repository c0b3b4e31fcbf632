#include "runtime/ledger/repair/fresh_directory.hpp"

#include "protocol/failure.hpp"
#include "protocol/plain_path.hpp"
#include "runtime/ledger/end_markers.hpp"
#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace millwright {

namespace fs = std::filesystem;

void sync_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool good = file >= 0 && fsync(file) == 0;
  const int why = errno;
  if (file >= 0)
    close(file);
  if (!good)
    throw failure{failure_code::output_unwritable, path, std::strerror(why)};
}

void sync_parent(const std::string& path) {
  const auto parent = fs::path{path}.parent_path();
  sync_directory(parent.empty() ? "." : parent.string());
}

fresh_directory::fresh_directory(const std::string& path)
    : path_{plain_path(path)}, working_{path_ + ".unfinished-" + std::to_string(getpid())} {
  std::error_code error;
  if (fs::exists(path_, error) && !(fs::is_directory(path_, error) && fs::is_empty(path_, error)))
    throw failure{failure_code::output_unwritable, path_, "there is something already: it is not overwritten"};
  fs::remove_all(working_, error);
  try {
    make_private_directory(working_);
  } catch (const fs::filesystem_error& failed) {
    throw failure{failure_code::output_unwritable, working_, failed.code().message()};
  }
}

fresh_directory::~fresh_directory() {
  std::error_code error;
  if (!finished_)
    fs::remove_all(working_, error);
}

void fresh_directory::finish() {
  sync_directory(working_);
  if (std::rename(working_.c_str(), path_.c_str()) != 0)
    throw failure{failure_code::output_unwritable, path_, std::strerror(errno)};
  finished_ = true;
  sync_parent(path_);
}

} // namespace millwright
