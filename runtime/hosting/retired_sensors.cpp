#include "runtime/hosting/retired_sensors.hpp"

#include "protocol/binary.hpp"

namespace millwright {

namespace {

// Behind it: facility, '\0', sensor.
constexpr std::string_view retired_prefix{"retired\0", 8};
constexpr uint8_t retired_format = 1;

} // namespace

std::string name_of_retired(const sensor_key& key) {
  std::string out{retired_prefix};
  return out.append(key.facility.text).append(1, '\0').append(key.sensor.text);
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
  if (!name.starts_with(retired_prefix))
    return std::nullopt;
  name.remove_prefix(retired_prefix.size());
  const auto end = name.find('\0');
  if (end == name.npos)
    return std::nullopt;
  return sensor_key{{std::string{name.substr(0, end)}}, {std::string{name.substr(end + 1)}}};
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
