#include "runtime/source/csv_stream.hpp"

#include "protocol/failure.hpp"

#include <utility>

namespace millwright {

namespace {

/// Readings are rendered this many bytes ahead.
constexpr size_t ahead = 1 << 19;

} // namespace

csv_stream::csv_stream(const std::string& path, const csv_mapping& mapping, bool follow)
    : reader_{path, follow}, mapping_{mapping} {
  // A wrong mapping is a mistake to be told at once.
  while (!rows_ && !finished_) {
    fill(milliseconds{0});
    if (!rows_ && follow)
      return;
  }
  if (!rows_)
    throw failure{failure_code::bad_mapping, path + ":1", "there is no header"};
}

record_stream::state csv_stream::look() {
  if (in_view_)
    return state::ready;
  if (next_ < ends_.size()) {
    const size_t from = next_ == 0 ? 0 : ends_[next_ - 1];
    if (next_damage_ < damages_.size() && damages_[next_damage_].first == next_)
      view_damage(std::move(damages_[next_damage_++].second));
    else
      view(rendered_.data() + from, ends_[next_] - from);
    ++next_;
    return state::ready;
  }
  return finished_ ? state::finished : state::starved;
}

// A file that followed another one begins with a header of its own, or goes on under the one before.
void csv_stream::take_header(const row_origin& from) {
  const auto row = from.row;
  first_row_ = false;
  if (rows_ && row == header_)
    return;
  if (!rows_) {
    rows_.emplace(mapping_, reader_.path(), row);
    header_ = row;
    return;
  }
  try {
    csv_rows other{mapping_, reader_.path(), row};
    rows_ = std::move(other);
    header_ = row;
  } catch (const failure&) {
    take_row(from);
  }
}

void csv_stream::take_row(const row_origin& from) {
  if (first_row_)
    return take_header(from);
  if (from.row.empty())
    return;
  rows_->render(from.row, rendered_, ends_);
  for (uint32_t number = 0; origins_.size() < ends_.size(); ++number) {
    origins_.push_back(from);
    origins_.back().number = number;
  }
}

void csv_stream::damage(const std::string& what) {
  damages_.emplace_back(ends_.size(), reader_.path() + ": " + what);
  ends_.push_back(rendered_.size());
  origins_.emplace_back();
}

void csv_stream::take_line(std::string_view text) {
  if (reader_.file_number() != file_number_) {
    file_number_ = reader_.file_number();
    first_row_ = true;
    if (!open_row_.empty())
      damage("a quoted cell does not end; its row is skipped");
    open_row_.clear();
  }
  const uint64_t begin = reader_.offset_of(text.data());
  if (open_row_.empty()) {
    if (csv_rows::ends_open(text, mapping_.delimiter, false)) {
      open_row_.assign(text) += '\n';
      open_begin_ = begin;
    } else {
      take_row({{begin, text, 0}, text});
    }
    return;
  }
  open_row_ += text;
  if (!csv_rows::ends_open(text, mapping_.delimiter, true)) {
    take_row({{open_begin_, {}, 0}, long_rows_.emplace_back(std::exchange(open_row_, {}))});
  } else if (open_row_.size() > line_reader::longest) {
    open_row_.clear();
    damage("a quoted cell does not end; its row is skipped");
  } else {
    open_row_ += '\n';
  }
}

void csv_stream::take_rows() {
  std::span<char> line;
  while (rendered_.size() < ahead) {
    switch (reader_.next(line)) {
    case line_reader::state::line:
      take_line({line.data(), line.size()});
      break;
    case line_reader::state::too_long:
      open_row_.clear();
      damage("a line of more than " + std::to_string(line_reader::longest) + " bytes is skipped");
      break;
    case line_reader::state::starved:
      return;
    case line_reader::state::broken:
      damage(reader_.why());
      finished_ = true;
      return;
    case line_reader::state::finished:
      if (!open_row_.empty()) {
        open_row_.pop_back();
        take_row({{open_begin_, {}, 0}, long_rows_.emplace_back(std::exchange(open_row_, {}))});
      }
      finished_ = true;
      return;
    }
  }
}

bool csv_stream::resume(const file_mark& mark) {
  if (!record_stream::resume(mark))
    return false;
  rendered_.clear();
  ends_.clear();
  origins_.clear();
  damages_.clear();
  open_row_.clear();
  next_ = next_damage_ = 0;
  file_number_ = reader_.file_number();
  if (mark.begin == 0) {
    rows_.reset();
    first_row_ = true;
  } else {
    rows_.emplace(mapping_, reader_.path(), mark.header);
    header_ = mark.header;
    first_row_ = false;
  }
  return true;
}

void csv_stream::fill(milliseconds patience) {
  if (finished_)
    return;
  rendered_.clear();
  ends_.clear();
  origins_.clear();
  long_rows_.clear();
  damages_.clear();
  next_ = next_damage_ = 0;
  take_rows();
  if (ends_.empty() && !finished_) {
    reader_.fill(patience);
    take_rows();
  }
}

} // namespace millwright
