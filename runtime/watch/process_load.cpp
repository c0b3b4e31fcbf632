#include "runtime/watch/process_load.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace millwright {

uint64_t anonymous_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (!file)
    return 0;
  unsigned long long all = 0, resident = 0, shared = 0;
  const int read = std::fscanf(file, "%llu %llu %llu", &all, &resident, &shared);
  std::fclose(file);
  return read == 3 ? (resident - std::min(resident, shared)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

double computed_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace millwright
