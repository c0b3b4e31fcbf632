#include "runtime/hosting/retired_sensors.hpp"

#include "protocol/binary.hpp"
#include "runtime/hosting/sensor_entry_name.hpp"

namespace millwright {

namespace {

constexpr std::string_view retired_prefix{"retired\0", 8};
constexpr uint8_t retired_format = 1;

} // namespace

std::string name_of_retired(const sensor_key& key) {
  return sensor_entry_name(retired_prefix, key);
}

std::string encode(const retired_sensor& x) {
  std::string out;
  binary_writer writer{out};
  writer.u8(retired_format);
  writer.time(x.at);
  writer.text(x.by);
  writer.text(x.user);
  writer.u16(x.split);
  return out;
}

std::optional<sensor_key> retired_named(std::string_view name) {
  return sensor_of_entry(retired_prefix, name);
}

std::optional<retired_sensor> decode_retired(std::string_view stored) {
  binary_reader reader{stored};
  if (reader.u8() != retired_format)
    return std::nullopt;
  retired_sensor out;
  out.at = reader.time();
  out.by = reader.text();
  out.user = reader.text();
  out.split = reader.u16();
  return reader.ok() && reader.at_end() ? std::optional{std::move(out)} : std::nullopt;
}

} // namespace millwright
