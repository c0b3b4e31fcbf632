#include "runtime/admin/row_filter.hpp"

#include "protocol/json.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstring>

namespace millwright {

namespace {

/// Watches the two fields go by; what is nested is not looked at.
struct id_reader : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, id_reader> {
  enum class field { other, sensor, facility };

  std::string_view sensor, facility;
  bool sensor_right = false, facility_right = false;
  field at = field::other;
  int depth = 0;

  bool Default() {
    at = field::other;
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view key{text, size};
    at = depth != 1             ? field::other
         : key == "sensor_id"   ? field::sensor
         : key == "facility_id" ? field::facility
                                : field::other;
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view value{text, size};
    if (at == field::sensor)
      sensor_right = value == sensor;
    if (at == field::facility)
      facility_right = value == facility;
    return Default();
  }
  bool StartObject() {
    ++depth;
    return Default();
  }
  bool EndObject(rapidjson::SizeType) {
    --depth;
    return Default();
  }
  bool StartArray() {
    ++depth;
    return Default();
  }
  bool EndArray(rapidjson::SizeType) {
    --depth;
    return Default();
  }
};

bool contains(std::string_view text, const std::string& part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

} // namespace

row_filter::row_filter(std::string sensor, std::string facility)
    : sensor_{std::move(sensor)}, facility_{std::move(facility)} {
  append_json_string(sensor_json_, sensor_);
  append_json_string(facility_json_, facility_);
}

bool row_filter::takes(std::string_view line) const {
  if (takes_all())
    return true;
  // Ids are written in one way only, so that most lines need no parsing.
  if ((!sensor_.empty() && !contains(line, sensor_json_)) || (!facility_.empty() && !contains(line, facility_json_)))
    return false;
  id_reader ids;
  ids.sensor = sensor_;
  ids.facility = facility_;
  rapidjson::MemoryStream in{line.data(), line.size()};
  if (rapidjson::Reader{}.Parse(in, ids).IsError())
    return false;
  return (sensor_.empty() || ids.sensor_right) && (facility_.empty() || ids.facility_right);
}

} // namespace millwright
