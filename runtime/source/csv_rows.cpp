#include "runtime/source/csv_rows.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <cstring>
#include <set>

namespace millwright {

namespace {

bool is_text_field(std::string_view name) {
  return name == "sensor_id" || name == "facility_id" || name == "sensor_type" || name == "unit" ||
         name == "equipment_id";
}

void append_pair(std::string& out, std::string_view key, std::string_view value) {
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
  out += ',';
}

/// A constant is a string, but for a measure or a quality, which is a number if it is written as one.
void append_constant(std::string& out, const std::string& key, const std::string& value) {
  if (is_text_field(key) || !is_json_number(value))
    return append_pair(out, key, value);
  append_json_string(out, key);
  out += ':';
  out += value;
  out += ',';
}

void append_value(std::string& out, std::string_view cell) {
  if (is_json_number(cell))
    out += cell;
  else
    append_json_string(out, cell);
}

} // namespace

csv_rows::csv_rows(const csv_mapping& mapping, const std::string& path, std::string_view header)
    : mapping_{mapping}, clock_{mapping.timezone} {
  split(header);
  width_ = cells_.size();
  const auto find = [&](const std::string& wanted) {
    const auto found = std::find(cells_.begin(), cells_.end(), wanted);
    if (found != cells_.end())
      return static_cast<size_t>(found - cells_.begin());
    std::string there;
    for (const auto& each : cells_)
      there.append(there.empty() ? "\"" : ", \"").append(each) += '"';
    throw failure{failure_code::bad_mapping, path + ":1", "there is no column \"" + wanted + "\" among " + there};
  };

  auto time_column = mapping.timestamp;
  if (const auto in_fields = mapping.fields.find("timestamp"); time_column.empty() && in_fields != mapping.fields.end())
    time_column = in_fields->second;
  time_cell_ = find(time_column);
  for (const auto& [name, column] : mapping.fields)
    if (name != "timestamp") {
      field made{find(column), {}, is_text_field(name)};
      append_json_string(made.key, name);
      made.key += ':';
      fields_.push_back(std::move(made));
    }

  for (const auto& [key, value] : mapping.constants)
    if (!mapping.fields.contains(key))
      append_constant(opening_, key, value);

  for (const auto& each : mapping.sensors) {
    sensor made{find(each.column), "{", ","};
    append_pair(made.before, "sensor_id", each.sensor_id);
    std::set<std::string> taken{"sensor_id", "timestamp"};
    const bool type_is_constant = each.sensor_type == "generic" && mapping.constants.contains("sensor_type");
    if (!type_is_constant && !mapping.fields.contains("sensor_type")) {
      append_pair(made.before, "sensor_type", each.sensor_type);
      taken.insert("sensor_type");
    }
    if (!each.unit.empty()) {
      append_pair(made.before, "unit", each.unit);
      taken.insert("unit");
    }
    const std::string measure = each.field.empty() ? "value" : each.field;
    taken.insert(measure);
    for (const auto& [key, value] : mapping.constants)
      if (!taken.contains(key) && !mapping.fields.contains(key))
        append_constant(made.before, key, value);
    append_json_string(made.between, measure);
    made.between += ':';
    sensors_.push_back(std::move(made));
  }
  if (sensors_.empty() && fields_.empty())
    throw failure{failure_code::bad_mapping, path, "it names neither sensors nor fields"};
}

bool csv_rows::ends_open(std::string_view line, char delimiter, bool open) {
  if (line.empty() || !std::memchr(line.data(), '"', line.size()))
    return open;
  bool at_cell_start = true;
  for (size_t at = 0; at < line.size(); ++at) {
    if (open) {
      if (line[at] != '"')
        continue;
      if (at + 1 < line.size() && line[at + 1] == '"')
        ++at;
      else
        open = false;
      at_cell_start = false;
    } else {
      open = at_cell_start && line[at] == '"';
      at_cell_start = line[at] == delimiter;
    }
  }
  return open;
}

void csv_rows::split(std::string_view row) {
  cells_.clear();
  const char delimiter = mapping_.delimiter;
  if (row.find('"') == row.npos) {
    const char* at = row.data();
    const char* const end = at + row.size();
    while (const auto* found = static_cast<const char*>(std::memchr(at, delimiter, static_cast<size_t>(end - at)))) {
      cells_.emplace_back(at, found - at);
      at = found + 1;
    }
    cells_.emplace_back(at, end - at);
    return;
  }
  unquoted_.clear();
  // Views into the strings must not move.
  unquoted_.reserve(row.size());
  for (size_t at = 0;;) {
    if (at < row.size() && row[at] == '"') {
      auto& text = unquoted_.emplace_back();
      for (++at; at < row.size(); ++at) {
        if (row[at] != '"')
          text += row[at];
        else if (at + 1 < row.size() && row[at + 1] == '"')
          text += row[at++];
        else
          break;
      }
      // Past the closing quote; stray text behind it stays visible in the cell.
      for (++at; at < row.size() && row[at] != delimiter; ++at)
        text += row[at];
      cells_.push_back(text);
    } else {
      const size_t found = std::min(row.find(delimiter, at), row.size());
      cells_.push_back(row.substr(at, found - at));
      at = found;
    }
    if (at >= row.size())
      return;
    if (++at == row.size()) {
      cells_.emplace_back();
      return;
    }
  }
}

void csv_rows::append_time(std::string& out) {
  out += "\"timestamp\":";
  const auto cell = cells_[time_cell_];
  if (cell.empty())
    out += "null";
  else
    clock_.append_json(out, cell);
}

void csv_rows::append_fields(std::string& out) const {
  for (const auto& each : fields_) {
    const auto cell = cells_[each.cell];
    if (cell.empty())
      continue;
    out += each.key;
    if (each.is_text)
      append_json_string(out, cell);
    else
      append_value(out, cell);
    out += ',';
  }
}

void csv_rows::render(std::string_view row, std::string& out, std::vector<size_t>& ends) {
  split(row);
  if (cells_.size() != width_) {
    out += row;
    ends.push_back(out.size());
    return;
  }
  if (sensors_.empty()) {
    out += opening_;
    append_fields(out);
    append_time(out);
    out += '}';
    ends.push_back(out.size());
    return;
  }
  const size_t first = out.size();
  size_t time_at = 0, time_size = 0;
  for (const auto& each : sensors_) {
    const auto cell = cells_[each.cell];
    if (cell.empty())
      continue;
    out += each.before;
    append_fields(out);
    if (time_size == 0) {
      time_at = out.size() - first;
      append_time(out);
      time_size = out.size() - first - time_at;
    } else {
      out.append(std::string_view{out}.substr(first + time_at, time_size));
    }
    out += each.between;
    append_value(out, cell);
    out += '}';
    ends.push_back(out.size());
  }
}

} // namespace millwright
