#include "runtime/simulation/reading_output.hpp"

#include "protocol/failure.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace millwright {

namespace {

class file_output : public reading_output {
public:
  explicit file_output(const std::string& path) : path_{path} {
    descriptor_ = path == "-" ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
      fail();
    buffer_.reserve(room + 4096);
  }
  ~file_output() override {
    if (descriptor_ > STDERR_FILENO)
      ::close(descriptor_);
  }

  void put(std::string_view, std::string_view line, event_time) override {
    buffer_ += line;
    buffer_ += '\n';
    if (buffer_.size() >= room)
      flush();
  }

  void flush() override {
    const char* at = buffer_.data();
    for (size_t left = buffer_.size(); left > 0 && !closed_;) {
      const ssize_t n = ::write(descriptor_, at, left);
      if (n >= 0) {
        at += n;
        left -= static_cast<size_t>(n);
      } else if (errno == EPIPE) {
        closed_ = true;
      } else if (errno != EINTR) {
        fail();
      }
    }
    buffer_.clear();
  }

  void finish() override {
    flush();
    if (descriptor_ > STDERR_FILENO) {
      const int descriptor = descriptor_;
      descriptor_ = -1;
      if (::close(descriptor) != 0)
        fail();
    }
  }

  bool closed() const override { return closed_; }

private:
  static constexpr size_t room = 1u << 20;

  [[noreturn]] void fail() {
    throw failure{failure_code::output_unwritable, path_, std::string{"cannot be written: "} + std::strerror(errno)};
  }

  std::string path_, buffer_;
  int descriptor_ = -1;
  bool closed_ = false;
};

} // namespace

std::unique_ptr<reading_output> write_to_file(const std::string& path) {
  return std::make_unique<file_output>(path);
}

} // namespace millwright
