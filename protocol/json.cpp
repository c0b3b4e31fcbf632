#include "protocol/json.hpp"

#include <charconv>
#include <cmath>

namespace millwright {

void append_json_string(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  size_t clean = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\')
      continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  out.append(text, clean, text.size() - clean);
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

json_object& json_object::key(std::string_view key) {
  if (!first_)
    out_ += ',';
  first_ = false;
  append_json_string(out_, key);
  out_ += ':';
  return *this;
}

json_object& json_object::text(std::string_view key, std::string_view value) {
  this->key(key);
  append_json_string(out_, value);
  return *this;
}

json_object& json_object::text_or_null(std::string_view key, std::string_view value) {
  return value.empty() ? null(key) : text(key, value);
}

json_object& json_object::number(std::string_view key, double value) {
  this->key(key);
  append_json_number(out_, value);
  return *this;
}

json_object& json_object::integer(std::string_view key, int64_t value) {
  this->key(key);
  char text[24];
  out_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  return *this;
}

json_object& json_object::boolean(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

json_object& json_object::time(std::string_view key, event_time value) {
  if (value == never)
    return null(key);
  this->key(key);
  out_ += '"';
  append_iso(out_, value);
  out_ += '"';
  return *this;
}

json_object& json_object::null(std::string_view key) {
  return raw(key, "null");
}

json_object& json_object::raw(std::string_view key, std::string_view json) {
  this->key(key);
  out_ += json;
  return *this;
}

} // namespace millwright
