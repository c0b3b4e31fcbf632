#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// A file that lies beside one that is followed.
struct rotated_file {
  std::string path;
  /// Of its last change, in nanoseconds.
  int64_t changed = 0;
  /// Named as rotation names what it puts away: a number or a date behind the name ("log.1", "log-20261128").
  bool numbered = false;
  /// Packed since ("log.2.gz"): it cannot be read.
  bool packed = false;
};

/// Regular files in the directory of `path` whose names begin like its, but not itself, the oldest first. Empty where
/// the directory cannot be read.
std::vector<rotated_file> files_beside(const std::string& path);

} // namespace millwright
