#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// Anonymous resident memory of this process (RssAnon), bytes.
uint64_t anonymous_memory();
/// Bytes that this process has caused to be written to disk.
uint64_t bytes_written();
/// Processor time of all threads of this process.
double cpu_seconds();

/// Where a benchmark ran.
struct machine_figures {
  std::string cpu;
  unsigned cores = 0;
  uint64_t memory_bytes = 0;
  std::string kernel;
  double load_average = 0;
};
machine_figures this_machine();

/// "Release, GCC 12.2.0"
std::string build_text();

} // namespace millwright
