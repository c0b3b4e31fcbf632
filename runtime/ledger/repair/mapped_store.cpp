#include "runtime/ledger/repair/mapped_store.hpp"

#include "protocol/failure.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace millwright {

mapped_store::mapped_store(std::string path) : path_{std::move(path)} {
  constexpr size_t page = 4096, part = 256 * page;
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  const auto cannot = [&] {
    const int why = errno;
    if (file >= 0)
      close(file);
    return failure{failure_code::ledger_damaged, path_, std::string{"cannot be read: "} + std::strerror(why)};
  };
  if (file < 0 || fstat(file, &status) != 0)
    throw cannot();
  const auto size = static_cast<size_t>(status.st_size);
  std::vector<char> room(part);
  for (size_t from = 0; from < size; from += part) {
    if (pread(file, room.data(), part, static_cast<off_t>(from)) >= 0)
      continue;
    for (size_t at = from; at < from + part && at < size; at += page)
      if (pread(file, room.data(), page, static_cast<off_t>(at)) < 0)
        unreadable_.insert(at / page);
  }
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED)
    throw cannot();
  close(file);
  bytes_ = {static_cast<const char*>(map), size};
}

mapped_store::~mapped_store() {
  munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

} // namespace millwright
