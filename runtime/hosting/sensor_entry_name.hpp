#pragma once

#include "protocol/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Under which name the small named state of the node keeps something of one sensor: `kind`, facility, '\0', sensor. A
/// kind ends with '\0', which no other name in that state has.
inline std::string sensor_entry_name(std::string_view kind, const sensor_key& key) {
  std::string out{kind};
  return out.append(key.facility.text).append(1, '\0').append(key.sensor.text);
}

/// The sensor of which `name` tells; none: it is of another kind.
inline std::optional<sensor_key> sensor_of_entry(std::string_view kind, std::string_view name) {
  if (!name.starts_with(kind))
    return std::nullopt;
  name.remove_prefix(kind.size());
  const auto end = name.find('\0');
  if (end == name.npos)
    return std::nullopt;
  return sensor_key{{std::string{name.substr(0, end)}}, {std::string{name.substr(end + 1)}}};
}

} // namespace millwright
