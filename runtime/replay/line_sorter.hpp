#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Sorts lines by (time, key, line) and writes them to a file: the same lines give the same bytes in whatever order
/// they came. What memory does not hold is sorted into runs beside the file, and merged at the end.
class line_sorter {
public:
  /// Throws failure(output_unwritable) naming the file when it cannot be written; so does everything below.
  explicit line_sorter(std::filesystem::path file, size_t memory = 256u << 20);
  ~line_sorter();

  line_sorter(const line_sorter&) = delete;
  line_sorter& operator=(const line_sorter&) = delete;

  /// @param line without a line feed.
  void add(event_time time, std::string_view key, std::string_view line);

  /// Writes the file. Nothing may be added after it.
  void finish();

  uint64_t lines() const { return lines_; }

private:
  struct entry {
    int64_t time;
    uint64_t offset;
    uint32_t key_length, line_length;
  };

  std::string_view key_of(const entry& e) const { return std::string_view{bytes_}.substr(e.offset, e.key_length); }
  std::string_view line_of(const entry& e) const {
    return std::string_view{bytes_}.substr(e.offset + e.key_length, e.line_length);
  }
  void sort();
  void spill();
  void merge();

  std::filesystem::path file_;
  size_t memory_;
  std::string bytes_;
  std::vector<entry> entries_;
  std::vector<std::filesystem::path> runs_;
  uint64_t lines_ = 0;
};

} // namespace millwright
