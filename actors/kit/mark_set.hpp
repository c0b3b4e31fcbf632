#pragma once

#include "protocol/binary.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millwright {

/// A set of marks (entity.hpp): how many different sensors or units there were, whoever counted which of them. Adding
/// looks at one cell as a rule. 12 to 24 bytes a mark.
class mark_set {
public:
  void add(uint64_t mark) {
    // 0 marks a free cell; that a mark is 0 happens once in 2^64.
    mark += mark == 0;
    if (cells_.empty())
      make_room(1);
    const size_t last = cells_.size() - 1;
    for (size_t at = mark >> shift_;; at = (at + 1) & last) {
      if (cells_[at] == mark)
        return;
      if (cells_[at] == 0) {
        cells_[at] = mark;
        if (++count_ * 3 > cells_.size() * 2)
          make_room(count_ + 1);
        return;
      }
    }
  }
  void merge(const mark_set& other);

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }

  /// Sets of the same marks give the same bytes, in whatever order they came.
  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

  friend bool operator==(const mark_set& a, const mark_set& b) { return a.sorted() == b.sorted(); }

private:
  /// For at least so many.
  void make_room(size_t marks);
  std::vector<uint64_t> sorted() const;

  /// A power of two of them, by the marks' first bits.
  std::vector<uint64_t> cells_;
  size_t count_ = 0;
  int shift_ = 64;
};

} // namespace millwright
