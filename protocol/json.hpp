#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// Appends `text` as a JSON string, quotes included. Valid UTF-8 stays as it is; control characters, quote and
/// backslash are escaped.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest form that reads back to the same double; null for NaN and infinity.
void append_json_number(std::string& out, double value);

/// Writes one flat or nested JSON object, field by field, into a string that the caller owns.
class json_object {
public:
  explicit json_object(std::string& out) : out_{out} { out_ += '{'; }

  json_object& text(std::string_view key, std::string_view value);
  /// null where `value` is empty.
  json_object& text_or_null(std::string_view key, std::string_view value);
  json_object& number(std::string_view key, double value);
  json_object& integer(std::string_view key, int64_t value);
  json_object& boolean(std::string_view key, bool value);
  /// null for `never`.
  json_object& time(std::string_view key, event_time value);
  json_object& null(std::string_view key);
  /// `json` is written as it is.
  json_object& raw(std::string_view key, std::string_view json);
  /// Writes the key and leaves the value to the caller.
  json_object& key(std::string_view key);
  void close() { out_ += '}'; }

private:
  std::string& out_;
  bool first_ = true;
};

} // namespace millwright
