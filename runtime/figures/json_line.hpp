#pragma once

#include "protocol/quantities.hpp"
#include "protocol/time.hpp"

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace millwright {

/// A line of a file or an answer as a JSON object; `IsObject()` tells whether it is one.
inline rapidjson::Document json_line(std::string_view line) {
  rapidjson::Document row;
  row.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (row.HasParseError() || !row.IsObject())
    row.SetNull();
  return row;
}

/// Empty where it is no text.
inline std::string text_field(const rapidjson::Value& row, const char* key) {
  const auto at = row.FindMember(key);
  return at != row.MemberEnd() && at->value.IsString() ? std::string{at->value.GetString(), at->value.GetStringLength()}
                                                       : std::string{};
}

/// 0 where it is no whole number.
inline int64_t whole_field(const rapidjson::Value& row, const char* key) {
  const auto at = row.FindMember(key);
  return at != row.MemberEnd() && at->value.IsInt64() ? at->value.GetInt64() : 0;
}

inline bool true_field(const rapidjson::Value& row, const char* key) {
  const auto at = row.FindMember(key);
  return at != row.MemberEnd() && at->value.IsBool() && at->value.GetBool();
}

/// `never` where it is no time.
inline event_time time_field(const rapidjson::Value& row, const char* key) {
  return parse_time(text_field(row, key)).value_or(never);
}

} // namespace millwright
