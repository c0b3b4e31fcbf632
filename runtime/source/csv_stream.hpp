#pragma once

#include "runtime/source/csv_rows.hpp"
#include "runtime/source/record_stream.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace millwright {

/// A CSV file as the readings that its rows are. Its rows stay as they were written until `fill`.
class csv_stream final : public record_stream {
public:
  /// Throws `failure` input_unreadable or bad_mapping.
  csv_stream(const std::string& path, const csv_mapping& mapping, bool follow);

  state look() override;
  void fill(milliseconds patience) override;
  const line_reader& input() const override { return reader_; }
  line_reader& input() override { return reader_; }
  origin origin_of_view() const override { return origins_[next_ - 1]; }
  std::string header() const override { return header_; }
  bool resume(const file_mark& mark) override;
  std::string_view written() const override { return next_ > 0 ? origins_[next_ - 1].row : std::string_view{}; }

private:
  struct row_origin : origin {
    std::string_view row;
  };

  void take_line(std::string_view text);
  void take_row(const row_origin& from);
  void take_header(const row_origin& from);
  void take_rows();
  void damage(const std::string& what);

  line_reader reader_;
  csv_mapping mapping_;
  std::optional<csv_rows> rows_;
  std::string header_;
  /// Of the input's file: each has a header, or goes on under that of the one before.
  uint32_t file_number_ = 0;
  bool first_row_ = true;
  /// A row whose quoted cell goes on in the next line, and where it begins.
  std::string open_row_;
  uint64_t open_begin_ = 0;
  /// Rows of several lines, as long as their readings are to be had.
  std::deque<std::string> long_rows_;
  /// Readings rendered and where each ends; `next_` is the first that was not in view.
  std::string rendered_;
  std::vector<size_t> ends_;
  std::vector<row_origin> origins_;
  std::vector<std::pair<size_t, std::string>> damages_;
  size_t next_ = 0, next_damage_ = 0;
  bool finished_ = false;
};

} // namespace millwright
