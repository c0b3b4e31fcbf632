#include "runtime/hosting/sleeping_sensors.hpp"

#include "protocol/binary.hpp"
#include "runtime/hosting/sensor_entry_name.hpp"

namespace millwright {

namespace {

constexpr std::string_view prefix{"sleeper\0", 8};
// The first version did not say since when it sleeps.
constexpr uint8_t first_version = 1, format_version = 2;

} // namespace

std::string name_of_sleeper(const sensor_key& key) {
  return sensor_entry_name(prefix, key);
}

std::string encode(const sleeping_sensor& x) {
  std::string out;
  binary_writer writer{out};
  writer.u8(format_version);
  writer.u16(x.split);
  writer.time(x.seen);
  writer.time(x.since);
  return out;
}

std::optional<sensor_key> sleeper_named(std::string_view name) {
  return sensor_of_entry(prefix, name);
}

std::optional<sleeping_sensor> decode_sleeper(std::string_view stored) {
  binary_reader reader{stored};
  const uint8_t version = reader.u8();
  if (version != first_version && version != format_version)
    return std::nullopt;
  sleeping_sensor out;
  out.split = reader.u16();
  out.seen = reader.time();
  if (version != first_version)
    out.since = reader.time();
  return reader.ok() && reader.at_end() ? std::optional{out} : std::nullopt;
}

} // namespace millwright
