// Any text as a CSV file, through the file's reader; its cells must be those that a plain reading of RFC 4180 finds.
#include "protocol/failure.hpp"
#include "runtime/source/csv_stream.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/plain_json.hpp"
#include "tests/fuzz/text_file.hpp"

#include <algorithm>
#include <array>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

csv_mapping mapping_of(uint8_t how) {
  csv_mapping out;
  out.delimiter = how & 1 ? ';' : ',';
  out.timestamp = "time";
  out.timezone = how & 2 ? "Europe/Vienna" : "UTC";
  out.constants = {{"facility_id", "F"}, {"quality_score", "0.5"}};
  if (how & 4) {
    out.sensors = {{"a", "S-a", "generic", "", "bar"}, {"b", "S-b", "temperature", "temperature_celsius", ""}};
  } else {
    out.fields = {{"sensor_id", "a"}, {"value", "b"}};
  }
  return out;
}

/// The cells of one row: a quote opens only at a cell's start, doubled quotes are one, what follows the closing one
/// stays.
std::vector<std::string> cells_of(std::string_view row, char delimiter) {
  std::vector<std::string> out{1};
  enum { at_start, plain, quoted, behind } now = at_start;
  for (size_t i = 0; i < row.size(); ++i) {
    const char c = row[i];
    if (now == quoted) {
      if (c != '"')
        out.back() += c;
      else if (i + 1 < row.size() && row[i + 1] == '"')
        out.back() += row[i++];
      else
        now = behind;
    } else if (c == delimiter) {
      out.emplace_back();
      now = at_start;
    } else if (now == at_start && c == '"') {
      now = quoted;
    } else {
      out.back() += c;
      now = now == behind ? behind : plain;
    }
  }
  return out;
}

void check_rows(const csv_mapping& mapping, std::string_view text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const auto header = text.substr(0, end), row = text.substr(std::min(end + 1, text.size()));
  csv_rows rows{mapping, "input.csv", header};
  std::string out;
  std::vector<size_t> ends;
  rows.render(row, out, ends);
  size_t from = 0;
  const auto names = cells_of(header, mapping.delimiter), cells = cells_of(row, mapping.delimiter);
  for (const size_t to : ends) {
    must(to > from || out.empty(), "readings lie one behind the other");
    const auto record = std::string_view{out}.substr(from, to - from);
    from = to;
    if (cells.size() != names.size()) {
      must(record == row, "a row of another length is a record as it is");
      continue;
    }
    const auto object = read_plain_object(record);
    must(object.has_value() || !is_plain_utf8(text), "a row becomes a JSON object");
    if (!object || mapping.fields.empty())
      continue;
    const auto at = static_cast<size_t>(std::find(names.begin(), names.end(), "a") - names.begin());
    const auto found = object->fields.find("sensor_id");
    must(cells[at].empty() ? found == object->fields.end() : found->second.content == cells[at],
         "a text is what stands in its cell");
  }
  must(from == out.size(), "every reading has an end");
}

void check_stream(const csv_mapping& mapping, const std::string& path) {
  csv_stream stream{path, mapping, false};
  for (size_t i = 0;; ++i) {
    const auto state = stream.look();
    if (state == record_stream::state::finished)
      return;
    if (state == record_stream::state::starved)
      stream.fill(milliseconds{0});
    else
      stream.pop();
    must(i < 100'000, "a file ends");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static text_file file;
  static const auto mappings = [] {
    std::array<csv_mapping, 8> out;
    for (uint8_t i = 0; i < out.size(); ++i)
      out[i] = mapping_of(i);
    return out;
  }();
  input_bytes in{data, size};
  const uint8_t how = in.byte();
  const auto& mapping = mappings[how % mappings.size()];
  const auto text = in.rest();
  try {
    check_rows(mapping, text);
  } catch (const failure& mistake) {
    must(mistake.code() == failure_code::bad_mapping, "only a mapping can be wrong");
  }
  // The whole way from the file: seldom, since its reader has a buffer of 2 MB.
  if (how < 240)
    return 0;
  try {
    check_stream(mapping, file.holding(text));
  } catch (const failure& mistake) {
    must(mistake.code() == failure_code::bad_mapping, "only a mapping can be wrong");
  }
  return 0;
}
