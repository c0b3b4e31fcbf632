#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// By which a change of a file's content shows, without reading it.
struct file_stamp {
  int64_t modified_ns = 0, changed_ns = 0, size = -1;
  uint64_t inode = 0, device = 0;

  /// So young that a change within the same step of its file system's clock would not show.
  bool fresh(int64_t now_ns) const;

  friend bool operator==(const file_stamp&, const file_stamp&) = default;
};

/// False when the file cannot be looked at; errno says why.
bool look_at_stamp(const std::string& path, file_stamp& out);

/// The time that `fresh` is asked with.
int64_t wall_ns();

} // namespace millwright
