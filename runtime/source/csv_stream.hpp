#pragma once

#include "runtime/source/csv_rows.hpp"
#include "runtime/source/record_stream.hpp"

#include <optional>
#include <vector>

namespace millwright {

/// A CSV file as the readings that its rows are.
class csv_stream final : public record_stream {
public:
  /// Throws `failure` input_unreadable or bad_mapping.
  csv_stream(const std::string& path, const csv_mapping& mapping, bool follow);

  state look() override;
  void fill(milliseconds patience) override;
  const line_reader& input() const override { return reader_; }

private:
  void take_row(std::string_view row);
  void take_rows();

  line_reader reader_;
  csv_mapping mapping_;
  std::optional<csv_rows> rows_;
  /// A row whose quoted cell goes on in the next line.
  std::string open_row_;
  /// Readings rendered and where each ends; `next_` is the first that was not in view.
  std::string rendered_;
  std::vector<size_t> ends_;
  std::vector<std::pair<size_t, std::string>> damages_;
  size_t next_ = 0, next_damage_ = 0;
  bool finished_ = false;
};

} // namespace millwright
