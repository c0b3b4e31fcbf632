#include "runtime/health/training/health_label.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace millwright {

namespace {

struct label_handler {
  health_label found;
  uint32_t depth = 0;
  bool next = false;

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    next = depth == 1 && std::string_view{text, size} == "health";
    return true;
  }
  bool Null() { return take(health_label::kind::none, 0, {}); }
  bool Bool(bool x) { return take(health_label::kind::wrong, 0, x ? "true" : "false"); }
  bool Int(int x) { return number(x); }
  bool Uint(unsigned x) { return number(x); }
  bool Int64(int64_t x) { return number(static_cast<double>(x)); }
  bool Uint64(uint64_t x) { return number(static_cast<double>(x)); }
  bool Double(double x) { return number(x); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return take(health_label::kind::wrong, 0, '"' + std::string{text, size} + '"');
  }
  bool StartObject() { return open("an object"); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open("an array"); }
  bool EndArray(rapidjson::SizeType) { return close(); }

private:
  bool number(double x) { return take(health_label::kind::number, x, {}); }
  bool take(health_label::kind what, double value, std::string got) {
    if (next)
      found = {what, value, std::move(got)};
    next = false;
    return true;
  }
  bool open(const char* what) {
    take(health_label::kind::wrong, 0, what);
    ++depth;
    return true;
  }
  bool close() {
    --depth;
    return true;
  }
};

} // namespace

health_label health_label_of(std::string_view json) {
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream{json.data(), json.size()};
  label_handler handler;
  constexpr unsigned flags = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag;
  return reader.Parse<flags>(stream, handler).IsError() ? health_label{} : handler.found;
}

} // namespace millwright
