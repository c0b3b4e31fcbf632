#include "runtime/health/training/model_output.hpp"

#include "protocol/failure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace millwright {

model_output::model_output(const std::string& path)
    : path_{path}, temporary_{path + ".new-" + std::to_string(getpid())} {
  struct stat there {};
  if (::stat(path_.c_str(), &there) == 0 && S_ISDIR(there.st_mode)) {
    errno = EISDIR;
    fail();
  }
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    fail();
}

model_output::~model_output() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

void model_output::publish(const std::string& bytes) {
  for (size_t written = 0; written < bytes.size();) {
    const auto n = ::write(descriptor_, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno != EINTR)
      fail();
    written += n > 0 ? static_cast<size_t>(n) : 0;
  }
  if (::fsync(descriptor_) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0)
    fail();
  ::close(std::exchange(descriptor_, -1));
}

void model_output::fail() const {
  throw failure{failure_code::output_unwritable, path_, std::string{"cannot be written: "} + std::strerror(errno)};
}

} // namespace millwright
