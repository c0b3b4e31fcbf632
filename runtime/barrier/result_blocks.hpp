#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// Rows as JSON lines in blocks of about 256 KB, as the ledger wants them: made line by line, as they come.
class result_blocks {
public:
  static constexpr size_t block_bytes = 256 << 10;

  struct block {
    std::string lines;
    uint32_t rows = 0;
    event_time first = forever, last = never;
  };

  /// `append` adds one line, line feed included, to the string that it is given. `at` of `never`: of no time.
  template <class Append>
  void add(event_time at, Append append) {
    if (blocks_.empty() || blocks_.back().lines.size() >= block_bytes)
      blocks_.emplace_back();
    auto& to = blocks_.back();
    const size_t before = to.lines.size();
    append(to.lines);
    bytes_ += to.lines.size() - before;
    ++to.rows;
    if (at != never) {
      to.first = std::min(to.first, at);
      to.last = std::max(to.last, at);
    }
  }

  const std::vector<block>& all() const { return blocks_; }
  /// Of all lines.
  size_t bytes() const { return bytes_; }
  bool empty() const { return blocks_.empty(); }

private:
  std::vector<block> blocks_;
  size_t bytes_ = 0;
};

} // namespace millwright
