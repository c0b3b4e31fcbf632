#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Rows under titles, each column as wide as it must be and none wider than `widest`, but for the last, which takes
/// what is left of the terminal's width. What a row holds may be anybody's text.
class text_table {
public:
  struct cell {
    std::string text;
    std::string_view colour = {};
  };

  /// @param width columns of the terminal; 0: as wide as it takes.
  text_table(std::vector<std::string> titles, int width, bool colour);

  /// As many cells as there are titles.
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  /// Titles and rows, a line each. Numbers stand to the right.
  std::string text() const;

private:
  static constexpr size_t widest = 28;

  std::vector<std::string> titles_;
  std::vector<std::vector<cell>> rows_;
  size_t width_;
  bool colour_;
};

/// Columns to write in: `width`, or without end for 0.
size_t columns_of(int width);

} // namespace millwright
