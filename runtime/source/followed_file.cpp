#include "runtime/source/followed_file.hpp"

#include "runtime/source/rotated_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr size_t tail_most = 256;
/// How often it is looked whether the name is another file's by now.
constexpr auto look_every = 20ms;
/// A rotation may leave the name without a file for a moment.
constexpr auto missing_for = 5s;

int open_regular(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about {};
  if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
    close(fd);
    errno = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    return -1;
  }
  return fd;
}

int64_t changed_at(int fd) {
  struct stat about {};
  return fstat(fd, &about) == 0 ? about.st_mtim.tv_sec * 1'000'000'000ll + about.st_mtim.tv_nsec : 0;
}

} // namespace

followed_file::followed_file(std::string path) : path_{std::move(path)} {
  open_named();
}

followed_file::~followed_file() {
  if (fd_ >= 0)
    close(fd_);
  for (const int each : between_)
    close(each);
}

followed_file::place followed_file::place_of(int fd) {
  struct stat about {};
  return fstat(fd, &about) == 0 ? place{about.st_dev, about.st_ino} : place{};
}

bool followed_file::take_up(int fd, uint64_t offset) {
  if (fd < 0)
    return false;
  if (fd_ >= 0)
    close(fd_);
  fd_ = fd;
  offset_ = offset;
  head_ = bytes_at(fd, 0, std::min<uint64_t>(offset, file_mark::head_most));
  const auto tail = std::min<uint64_t>(offset, tail_most);
  tail_ = bytes_at(fd, offset - tail, tail);
  over_ = at_end_ = false;
  return true;
}

bool followed_file::open_named() {
  const int fd = open_regular(path_);
  if (fd < 0) {
    trouble_ = path_ + ": " + std::strerror(errno);
    return false;
  }
  trouble_.clear();
  return take_up(fd, 0);
}

bool followed_file::resume(const file_mark& mark) {
  const auto hold = [&](const std::string& path) {
    const int fd = open_regular(path);
    if (fd < 0)
      return false;
    if (mark.holds(fd))
      return take_up(fd, mark.begin);
    close(fd);
    return false;
  };
  if (hold(path_))
    return true;
  const auto others = files_beside(path_);
  // A copy of the whole is newer than what it was made of, and the same to us.
  return std::any_of(others.rbegin(), others.rend(),
                     [&](const rotated_file& each) { return !each.packed && hold(each.path); });
}

bool followed_file::unchanged() const {
  return bytes_at(fd_, offset_ - tail_.size(), tail_.size()) == tail_;
}

bool followed_file::go_on_in(const std::string& path) {
  const int fd = open_regular(path);
  if (fd < 0)
    return false;
  if (bytes_at(fd, 0, head_.size()) != head_ || bytes_at(fd, offset_ - tail_.size(), tail_.size()) != tail_) {
    close(fd);
    return false;
  }
  close(std::exchange(fd_, fd));
  at_end_ = false;
  return true;
}

void followed_file::find_copy() {
  const auto others = files_beside(path_);
  if (std::any_of(others.rbegin(), others.rend(),
                  [&](const rotated_file& each) { return !each.packed && go_on_in(each.path); }))
    return;
  // Read to its end before it was cut: as far as anybody knows there was no more.
  if (!at_end_)
    loss_ = path_ + " was cut short or written anew before it was read to its end, and no copy of it lies beside it";
  // What is there now is read as the file that follows.
  replaced_ = over_ = true;
}

void followed_file::look_for_newer() {
  struct stat named {};
  if (stat(path_.c_str(), &named) != 0) {
    const int why = errno;
    const auto now = steady::now();
    if (missing_since_ == steady::time_point{})
      missing_since_ = now;
    if (now - missing_since_ > missing_for)
      trouble_ = path_ + ": " + std::strerror(why);
    return;
  }
  missing_since_ = {};
  trouble_.clear();
  if (place{named.st_dev, named.st_ino} == place_of(fd_))
    return;
  // The same log, written anew (an editor, rsync): it goes on where it was.
  if (offset_ > 0 && go_on_in(path_))
    return;
  // Whoever writes has moved on only when something stands in a newer one.
  std::vector<rotated_file> newer;
  const auto own = changed_at(fd_);
  for (auto& each : files_beside(path_))
    if (each.numbered && each.changed > own)
      newer.push_back(std::move(each));
  if (named.st_size == 0 && newer.empty())
    return;
  for (const auto& each : newer) {
    if (each.packed) {
      loss_ = each.path + " is newer than what was read, and packed: its lines are not read";
      continue;
    }
    const int fd = open_regular(each.path);
    if (fd < 0)
      continue;
    if (const auto at = place_of(fd); at == place_of(fd_) || at == place{named.st_dev, named.st_ino})
      close(fd);
    else
      between_.push_back(fd);
  }
  replaced_ = true;
}

ssize_t followed_file::read(char* to, size_t most) {
  if (over_)
    return 0;
  if (fd_ < 0) {
    const auto now = steady::now();
    if (now < next_look_)
      return 0;
    next_look_ = now + look_every;
    if (!open_named())
      return 0;
  }
  if (!unchanged()) {
    find_copy();
    if (over_)
      return 0;
  }
  const auto got = pread(fd_, to, most, static_cast<off_t>(offset_));
  if (got < 0) {
    if (errno != EINTR && errno != EAGAIN)
      trouble_ = path_ + ": " + std::strerror(errno);
    return got;
  }
  if (got > 0) {
    const std::string_view some{to, static_cast<size_t>(got)};
    if (head_.size() < file_mark::head_most)
      head_ += some.substr(0, file_mark::head_most - head_.size());
    if (some.size() < tail_most)
      tail_.erase(0, tail_.size() - std::min(tail_.size(), tail_most - some.size()));
    else
      tail_.clear();
    tail_ += some.substr(some.size() - std::min(some.size(), tail_most));
    offset_ += some.size();
    at_end_ = false;
    if (missing_since_ == steady::time_point{})
      trouble_.clear();
    return got;
  }
  at_end_ = true;
  if (replaced_) {
    over_ = true;
  } else if (const auto now = steady::now(); now >= next_look_) {
    next_look_ = now + look_every;
    // Then once more to the end: something may have been written before the name went over.
    look_for_newer();
    if (replaced_)
      next_look_ = now;
  }
  return 0;
}

void followed_file::advance() {
  replaced_ = over_ = false;
  if (!between_.empty()) {
    take_up(between_.front(), 0);
    between_.pop_front();
    // The rest are known already; the one of the name comes last.
    replaced_ = !between_.empty();
    return;
  }
  if (!open_named()) {
    close(std::exchange(fd_, -1));
    offset_ = 0;
    head_.clear();
    tail_.clear();
    at_end_ = false;
  }
}

std::string followed_file::take_loss() {
  return std::exchange(loss_, {});
}

} // namespace millwright
