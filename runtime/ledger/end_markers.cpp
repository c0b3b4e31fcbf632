#include "runtime/ledger/end_markers.hpp"

#include "protocol/failure.hpp"
#include "runtime/ledger/crc32c.hpp"
#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace millwright {

namespace {

struct newest_content {
  uint64_t number;
  uint32_t sum;

  uint32_t expected() const { return crc32c({reinterpret_cast<const char*>(&number), sizeof number}); }
};

constexpr size_t newest_size = 12;

} // namespace

void sync_directory(const std::string& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return;
  fsync(file);
  close(file);
}

end_markers::~end_markers() {
  if (newest_file_ >= 0)
    close(newest_file_);
}

bool end_markers::take_clean() {
  const auto path = directory_ + "/clean";
  if (unlink(path.c_str()) == 0) {
    sync_directory(directory_);
    return true;
  }
  if (errno == ENOENT)
    return false;
  throw failure{failure_code::ledger_unwritable, path, std::string{"cannot be removed: "} + std::strerror(errno)};
}

void end_markers::leave_clean() {
  const int file = open((directory_ + "/clean").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, private_file);
  if (file < 0)
    return;
  fsync(file);
  close(file);
  sync_directory(directory_);
}

std::optional<uint64_t> end_markers::newest() const {
  const int file = open(newest_path().c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return std::nullopt;
  newest_content content{};
  const auto size = pread(file, &content, newest_size, 0);
  close(file);
  if (size != static_cast<ssize_t>(newest_size) || content.sum != content.expected())
    return std::nullopt;
  return content.number;
}

void end_markers::note_newest(uint64_t number) {
  if (newest_file_ < 0)
    newest_file_ = open(newest_path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, private_file);
  newest_content content{number, 0};
  content.sum = content.expected();
  if (newest_file_ >= 0 && pwrite(newest_file_, &content, newest_size, 0) < 0)
    errno = 0;
}

} // namespace millwright
