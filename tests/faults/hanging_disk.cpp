// Loaded before everything else: while the file HANGING_WHILE is there, what is written or synced below the directory
// HANGING_DISK does not return, as on a network file system whose server is gone.
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

bool is_on_it(int file) {
  static const char* const disk = std::getenv("HANGING_DISK");
  char path[PATH_MAX];
  const auto length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path, sizeof path);
  return length > 0 && std::string_view{path, static_cast<size_t>(length)}.starts_with(disk);
}

void hang(int file) {
  static const char* const while_there = std::getenv("HANGING_WHILE");
  while (access(while_there, F_OK) == 0 && is_on_it(file))
    usleep(10'000);
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" ssize_t write(int file, const void* from, size_t length) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  hang(file);
  return next(file, from, length);
}

extern "C" int fdatasync(int file) {
  static const auto next = real<int (*)(int)>("fdatasync");
  hang(file);
  return next(file);
}
