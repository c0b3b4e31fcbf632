#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// A text that names one kind of thing; ids of different kinds do not mix. Compared byte by byte.
template <class Tag>
struct named_id {
  std::string text;

  bool empty() const { return text.empty(); }
  std::string_view view() const { return text; }
  friend auto operator<=>(const named_id&, const named_id&) = default;
};

using facility_id = named_id<struct facility_tag>;
using sensor_id = named_id<struct sensor_tag>;
using equipment_id = named_id<struct equipment_tag>;

/// TI-101 exists at every site: a sensor is (facility, sensor).
struct sensor_key {
  facility_id facility;
  sensor_id sensor;

  friend auto operator<=>(const sensor_key&, const sensor_key&) = default;
};

/// 16 bytes, printed as 8-4-4-4-12 hexadecimal digits.
struct uuid {
  std::array<uint8_t, 16> bytes{};

  friend auto operator<=>(const uuid&, const uuid&) = default;
};

/// RFC 4122 version 5 (SHA-1) of `name` in millwright's own namespace.
uuid uuid_v5(std::string_view name);

std::string to_string(const uuid& id);

/// Reads the printed form; false when `text` is none.
bool parse_uuid(std::string_view text, uuid& out);

/// The first eight digits: what a person reads out on the telephone.
std::string short_form(const uuid& id);

} // namespace millwright

template <>
struct std::hash<millwright::uuid> {
  size_t operator()(const millwright::uuid& id) const noexcept {
    size_t h = 0;
    for (int i = 0; i < 8; ++i)
      h = h << 8 | id.bytes[i];
    return h;
  }
};

template <>
struct std::hash<millwright::sensor_key> {
  size_t operator()(const millwright::sensor_key& key) const noexcept {
    const size_t f = std::hash<std::string>{}(key.facility.text), s = std::hash<std::string>{}(key.sensor.text);
    return s ^ (f + 0x9e3779b97f4a7c15ull + (s << 6) + (s >> 2));
  }
};
