#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/source/csv_clock.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Turns the rows of a CSV file (RFC 4180) into readings as JSON objects.
class csv_rows {
public:
  /// @param header the file's first row. Throws `failure` bad_mapping, naming the column that is not there.
  csv_rows(const csv_mapping& mapping, const std::string& path, std::string_view header);

  /// Appends a row's readings to `out` and where each ends to `ends`, the sensors in the mapping's order. An empty cell
  /// is no reading. A row of another length than the header's is one record: itself. Numbers stay as they are written;
  /// what is no number becomes a string, so that whoever reads it sees what stood there.
  void render(std::string_view row, std::string& out, std::vector<size_t>& ends);

  /// Whether a quoted cell is still open at the end of a line, so that its row goes on in the next one.
  /// @param open whether one was at its beginning.
  static bool ends_open(std::string_view line, char delimiter, bool open);

private:
  struct sensor {
    size_t cell = 0;
    /// Everything before the time, and between the time and the value.
    std::string before, between;
  };
  struct field {
    size_t cell = 0;
    std::string key;
    bool is_text = false;
  };

  void split(std::string_view row);
  void append_fields(std::string& out) const;
  void append_time(std::string& out);

  csv_mapping mapping_;
  csv_clock clock_;
  size_t width_ = 0;
  size_t time_cell_ = 0;
  std::vector<sensor> sensors_;
  std::vector<field> fields_;
  /// Constants of a long file's readings, `{"a":"b",` .
  std::string opening_ = "{";
  std::vector<std::string_view> cells_;
  /// Cells that had quotes doubled within.
  std::vector<std::string> unquoted_;
};

} // namespace millwright
