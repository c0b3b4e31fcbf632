#include "runtime/source/line_reader.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/content_hash.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>

namespace millwright {

namespace {

/// How often a file that is followed is looked at.
constexpr milliseconds look_again{20};

} // namespace

line_reader::line_reader(const std::string& path, bool follow) : path_{path} {
  const auto refuse = [&](int error) { throw failure{failure_code::input_unreadable, path, std::strerror(error)}; };
  buffer_ = std::make_unique<char[]>(capacity);
  struct stat named {};
  if (follow && path != "-" && (stat(path.c_str(), &named) != 0 || S_ISREG(named.st_mode))) {
    followed_ = std::make_unique<followed_file>(path);
    regular_ = true;
    return;
  }
  fd_ = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0)
    refuse(errno);
  struct stat about {};
  if (fstat(fd_, &about) != 0 || S_ISDIR(about.st_mode)) {
    const int error = S_ISDIR(about.st_mode) ? EISDIR : errno;
    close(fd_);
    refuse(error);
  }
  regular_ = S_ISREG(about.st_mode);
  posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

line_reader::~line_reader() {
  if (fd_ >= 0)
    close(fd_);
}

bool line_reader::resume(const file_mark& mark) {
  if (!followed_->resume(mark))
    return false;
  begin_ = end_ = searched_ = 0;
  at_start_ = mark.begin == 0;
  dropping_ = too_long_ = file_over_ = false;
  return true;
}

void line_reader::begin_next_file() {
  followed_->advance();
  begin_ = end_ = searched_ = 0;
  at_start_ = true;
  dropping_ = file_over_ = false;
  ++file_number_;
}

bool line_reader::holds(uint64_t begin, size_t size, uint64_t hash) const {
  const auto there = bytes_at(fd_, begin, size);
  return there.size() == size && content_hash(there) == hash;
}

line_reader::state line_reader::next(std::span<char>& line) {
  if (too_long_) {
    too_long_ = false;
    return state::too_long;
  }
  char* const base = buffer_.get();
  auto* found = static_cast<char*>(std::memchr(base + searched_, '\n', end_ - searched_));
  if (!found) {
    searched_ = end_;
    if (!ended_ && !(file_over_ && begin_ != end_))
      return state::starved;
    if (begin_ == end_)
      return why_.empty() ? state::finished : state::broken;
    found = base + end_;
  }
  char* const first = base + begin_;
  size_t size = static_cast<size_t>(found - first);
  begin_ = searched_ = std::min(static_cast<size_t>(found - base) + 1, end_);
  at_start_ = false;
  if (size > longest)
    return state::too_long;
  if (size > 0 && first[size - 1] == '\r')
    --size;
  line = {first, size};
  return state::line;
}

uint64_t line_reader::skip(uint64_t most) {
  uint64_t count = 0;
  std::span<char> line;
  for (; count < most; ++count) {
    const auto got = next(line);
    if (got != state::line && got != state::too_long)
      break;
  }
  return count;
}

bool line_reader::wait(milliseconds patience) {
  if (regular_)
    return true;
  pollfd watched{fd_, POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(patience.count())) != 0;
}

/// The buffer begins amid a line that is too long: nothing before its end is kept.
void line_reader::drop_rest_of_line() {
  char* const base = buffer_.get();
  auto* found = static_cast<char*>(std::memchr(base + begin_, '\n', end_ - begin_));
  if (!found && !ended_ && !file_over_) {
    begin_ = searched_ = end_;
    return;
  }
  begin_ = searched_ = found ? static_cast<size_t>(found - base) + 1 : end_;
  dropping_ = false;
  too_long_ = true;
}

void line_reader::fill(milliseconds patience) {
  grown_ = false;
  if (ended_)
    return;
  if (file_over_)
    begin_next_file();
  char* const base = buffer_.get();
  if (begin_ > 0) {
    std::memmove(base, base + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (end_ > longest) {
    dropping_ = true;
    begin_ = end_ = searched_ = 0;
  }
  if (!wait(patience))
    return;
  const size_t room = std::min(longest, capacity - end_);
  const auto got = followed_ ? followed_->read(base + end_, room) : read(fd_, base + end_, room);
  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (got < 0 && !followed_) {
    why_ = std::strerror(errno);
    ended_ = true;
  } else if (got <= 0) {
    if (!followed_)
      ended_ = true;
    else if (followed_->over())
      grown_ = file_over_ = true;
    else if (patience.count() > 0)
      std::this_thread::sleep_for(std::min(patience, look_again));
  } else {
    grown_ = true;
    end_ += static_cast<size_t>(got);
    offset_ += static_cast<uint64_t>(got);
    // A mark is three bytes: a pipe may give fewer at first, and then it waits for more.
    if (at_start_ && end_ >= 3) {
      at_start_ = false;
      if (std::memcmp(base, "\xEF\xBB\xBF", 3) == 0)
        begin_ = searched_ = 3;
    }
  }
  if (dropping_)
    drop_rest_of_line();
}

std::string line_reader::fingerprint() const {
  if (!regular_)
    return "";
  if (followed_)
    return "";
  std::array<char, 4096> head{};
  const auto size = pread(fd_, head.data(), head.size(), 0);
  uint64_t hash = content_hash({head.data(), size > 0 ? static_cast<size_t>(size) : 0});
  std::string out(16, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, hash >>= 4)
    *at = "0123456789abcdef"[hash & 15];
  return out;
}

} // namespace millwright
