#include "runtime/ledger/lock_room.hpp"

#include "runtime/ledger/private_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace millwright {

namespace {

// 126 readers, the default, and LMDB's own line: two pages.
constexpr off_t lock_file_size = 8192;

} // namespace

int reserve_lock_room(const std::string& directory) {
  const int file = open((directory + "/lock.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, private_file);
  if (file < 0)
    return errno;
  int problem = 0;
  do
    problem = posix_fallocate(file, 0, lock_file_size);
  while (problem == EINTR);
  close(file);
  return problem;
}

} // namespace millwright
