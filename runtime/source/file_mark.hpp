#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Where reading stands in a file, and what its content is known again by, whatever the file is called by then: the
/// hash of its first bytes, and of the newest line that was taken.
struct file_mark {
  /// The newest line that gave a record, and its hash; where there was none, nothing at 0.
  uint64_t begin = 0;
  uint32_t size = 0;
  uint64_t line_hash = 0;
  /// Records taken since, those of that line among them.
  uint64_t taken = 0;
  /// The file's first bytes, at most head_most and not behind that line.
  uint32_t head_size = 0;
  uint64_t head_hash = 0;
  /// Of a CSV file that is followed: its first row.
  std::string header;

  static constexpr uint32_t head_most = 4096;

  /// Whether the open file `fd` holds it.
  bool holds(int fd) const;
};

/// The stored form, behind a version byte.
std::string encode(const file_mark& mark);
/// None when it is damaged or of a newer version.
std::optional<file_mark> decode_file_mark(std::string_view in);

/// `size` bytes of the open file at `offset`; fewer at its end.
std::string bytes_at(int fd, uint64_t offset, size_t size);

} // namespace millwright
