#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace millwright {

/// Rows in the order in which they came, in pieces of some 32 KB: at a minute mark a plant's rows come within a second,
/// and a vector that grows would need three times their memory.
template <class Row>
class row_list {
public:
  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = const Row&;

    const_iterator() = default;
    const_iterator(const row_list* of, size_t at) : of_{of}, at_{at} {}
    const Row& operator*() const { return (*of_)[at_]; }
    const Row* operator->() const { return &(*of_)[at_]; }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) { return {of_, at_++}; }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

  private:
    const row_list* of_ = nullptr;
    size_t at_ = 0;
  };

  bool empty() const { return pieces_.empty(); }
  size_t size() const { return empty() ? 0 : (pieces_.size() - 1) * rows_a_piece + pieces_.back().size(); }
  const Row& operator[](size_t i) const { return pieces_[i / rows_a_piece][i % rows_a_piece]; }
  const Row& front() const { return pieces_.front().front(); }
  const Row& back() const { return pieces_.back().back(); }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size()}; }

  void push_back(Row row) {
    if (pieces_.empty() || pieces_.back().size() == rows_a_piece)
      pieces_.emplace_back().reserve(rows_a_piece);
    pieces_.back().push_back(std::move(row));
  }

  template <class Drop>
  void drop_if(Drop drop) {
    row_list kept;
    for (auto& piece : pieces_)
      for (auto& row : piece)
        if (!drop(row))
          kept.push_back(std::move(row));
    *this = std::move(kept);
  }

private:
  static constexpr size_t rows_a_piece = std::max<size_t>(1, (32 << 10) / sizeof(Row));

  /// All but the last are full.
  std::vector<std::vector<Row>> pieces_;
};

} // namespace millwright
