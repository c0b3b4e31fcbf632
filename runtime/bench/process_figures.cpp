#include "runtime/bench/process_figures.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

namespace millwright {

namespace {

// "key   value unit" or "key: value" of a file of /proc.
std::string line_of(const char* path, const std::string& key) {
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key)) {
      const auto begin = line.find_first_not_of(" \t:", key.size());
      return begin == line.npos ? std::string{} : line.substr(begin);
    }
  return {};
}

} // namespace

uint64_t anonymous_memory() {
  return std::strtoull(line_of("/proc/self/status", "RssAnon").c_str(), nullptr, 10) * 1024;
}

uint64_t bytes_written() {
  return std::strtoull(line_of("/proc/self/io", "write_bytes").c_str(), nullptr, 10);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

machine_figures this_machine() {
  machine_figures out;
  out.cpu = line_of("/proc/cpuinfo", "model name");
  out.cores = std::thread::hardware_concurrency();
  out.memory_bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  utsname system{};
  if (uname(&system) == 0)
    out.kernel = std::string{system.sysname} + " " + system.release;
  double load = 0;
  if (getloadavg(&load, 1) == 1)
    out.load_average = load;
  return out;
}

std::string build_text() {
  std::string out = MILLWRIGHT_BUILD_TYPE;
#if defined(__clang__)
  out += ", Clang " __clang_version__;
#elif defined(__GNUC__)
  out += ", GCC " __VERSION__;
#endif
  return out;
}

} // namespace millwright
