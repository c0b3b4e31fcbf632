#include "runtime/source/csv_stream.hpp"

#include "protocol/failure.hpp"

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

void csv_stream::take_row(std::string_view row) {
  if (!rows_)
    rows_.emplace(mapping_, reader_.path(), row);
  else if (!row.empty())
    rows_->render(row, rendered_, ends_);
}

void csv_stream::take_rows() {
  const auto damage = [&](std::string what) {
    damages_.emplace_back(ends_.size(), reader_.path() + ": " + what);
    ends_.push_back(rendered_.size());
  };
  std::span<char> line;
  while (rendered_.size() < ahead) {
    switch (reader_.next(line)) {
    case line_reader::state::line: {
      const std::string_view text{line.data(), line.size()};
      if (open_row_.empty()) {
        if (csv_rows::ends_open(text, mapping_.delimiter, false))
          open_row_.assign(text) += '\n';
        else
          take_row(text);
      } else {
        open_row_ += text;
        if (!csv_rows::ends_open(text, mapping_.delimiter, true)) {
          take_row(open_row_);
          open_row_.clear();
        } else if (open_row_.size() > line_reader::longest) {
          open_row_.clear();
          damage("a quoted cell does not end; its row is skipped");
        } else {
          open_row_ += '\n';
        }
      }
      break;
    }
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
        take_row(open_row_);
        open_row_.clear();
      }
      finished_ = true;
      return;
    }
  }
}

void csv_stream::fill(milliseconds patience) {
  if (finished_)
    return;
  rendered_.clear();
  ends_.clear();
  damages_.clear();
  next_ = next_damage_ = 0;
  take_rows();
  if (ends_.empty() && !finished_) {
    reader_.fill(patience);
    take_rows();
  }
}

} // namespace millwright
