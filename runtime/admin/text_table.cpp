#include "runtime/admin/text_table.hpp"

#include "runtime/admin/terminal_text.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace millwright {

namespace {

bool is_number(std::string_view x) {
  return !x.empty() && (x == "-" || x.find_first_not_of("0123456789.,-+e") == x.npos);
}

} // namespace

size_t columns_of(int width) {
  return width > 0 ? static_cast<size_t>(width) : std::numeric_limits<size_t>::max() / 2;
}

text_table::text_table(std::vector<std::string> titles, int width, bool colour)
    : titles_{std::move(titles)}, width_{columns_of(width)}, colour_{colour} {}

std::string text_table::text() const {
  const size_t columns = titles_.size();
  std::vector<size_t> widths(columns);
  std::vector<bool> numbers(columns, !rows_.empty());
  for (size_t i = 0; i < columns; ++i) {
    widths[i] = display_width(titles_[i]);
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], std::min(widest, display_width(row[i].text)));
      numbers[i] = numbers[i] && is_number(row[i].text);
    }
  }
  std::string out;
  const auto line = [&](const auto& text_at, const auto& colour_at) {
    size_t left = width_;
    std::string shown;
    for (size_t i = 0; i < columns && left > 0; ++i) {
      std::string text{text_at(i)};
      if (numbers[i] && display_width(text) < widths[i])
        text.insert(0, widths[i] - display_width(text), ' ');
      const bool last = i + 1 == columns;
      const auto cell = last ? fit(text, left) : fit(pad(text, widths[i]), left);
      left -= std::min(left, display_width(cell));
      shown += coloured(cell, cell.empty() ? std::string_view{} : colour_at(i), colour_);
      const size_t gap = last ? 0 : std::min<size_t>(2, left);
      shown.append(gap, ' ');
      left -= gap;
    }
    while (!shown.empty() && shown.back() == ' ')
      shown.pop_back();
    out += shown + '\n';
  };
  line([&](size_t i) { return std::string_view{titles_[i]}; }, [](size_t) { return ansi::dim; });
  for (const auto& row : rows_)
    line([&](size_t i) { return std::string_view{row[i].text}; }, [&](size_t i) { return row[i].colour; });
  return out;
}

} // namespace millwright
