#include "actors/kit/mark_set.hpp"

#include <algorithm>
#include <bit>

namespace millwright {

void mark_set::make_room(size_t marks) {
  size_t cells = std::max<size_t>(cells_.size(), 8);
  while (marks * 3 > cells * 2)
    cells *= 2;
  if (cells == cells_.size())
    return;
  std::vector<uint64_t> old(cells);
  old.swap(cells_);
  shift_ = 65 - std::bit_width(cells);
  const size_t last = cells - 1;
  for (const uint64_t mark : old) {
    if (mark == 0)
      continue;
    size_t at = mark >> shift_;
    while (cells_[at] != 0)
      at = (at + 1) & last;
    cells_[at] = mark;
  }
}

void mark_set::merge(const mark_set& other) {
  if (count_ == 0) {
    *this = other;
    return;
  }
  make_room(std::max(count_, other.count_));
  // In leaps: the other's order is the one of the marks' first bits, and the first part of them alone would crowd here.
  const size_t cells = other.cells_.size(), leap = cells * 5 / 8 | 1;
  for (size_t i = 0, at = 0; i < cells; ++i, at = (at + leap) & (cells - 1))
    if (other.cells_[at] != 0)
      add(other.cells_[at]);
}

// The cells are in the order of the marks' first bits: nearly sorted, but for those that found their place taken.
std::vector<uint64_t> mark_set::sorted() const {
  std::vector<uint64_t> out;
  out.reserve(count_);
  for (const uint64_t mark : cells_)
    if (mark != 0)
      out.push_back(mark);
  size_t moves = 0;
  for (size_t i = 1; i < out.size(); ++i) {
    const uint64_t mark = out[i];
    size_t at = i;
    for (; at > 0 && out[at - 1] > mark; --at, ++moves)
      out[at] = out[at - 1];
    out[at] = mark;
    if (moves > 32 * out.size()) {
      std::sort(out.begin(), out.end());
      break;
    }
  }
  return out;
}

void mark_set::encode(binary_writer& out) const {
  const auto marks = sorted();
  out.varint(marks.size());
  for (const uint64_t mark : marks)
    out.u64(mark);
}

bool mark_set::decode(binary_reader& in) {
  *this = {};
  const uint64_t count = in.count(sizeof(uint64_t));
  make_room(count);
  uint64_t before = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t mark = in.u64();
    if (mark <= before)
      return false;
    add(mark);
    before = mark;
  }
  return in.ok();
}

} // namespace millwright
