#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millwright::fuzz {

/// A field of the outermost object.
struct plain_value {
  enum kind { null, text, number, other } what = null;
  /// Unescaped, or the number as it stands.
  std::string content;
};

struct plain_object {
  /// Of equal keys the last.
  std::map<std::string, plain_value> fields;
  /// A number, wherever it stands, is beyond a double.
  bool beyond_double = false;
};

bool is_plain_utf8(std::string_view text);

/// Reads exactly one JSON object by the letter of RFC 8259, to any depth; none when `text` is anything else.
std::optional<plain_object> read_plain_object(std::string_view text);

} // namespace millwright::fuzz
