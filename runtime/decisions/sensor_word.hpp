#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// What a person has a sensor do, as the log of decisions keeps it: one line of JSON,
///   {"facility_id":"main","sensor_id":"TI-101","what":"relearn","at":1767225600000,"by":"anna","user":"ann"}
struct sensor_word {
  enum class kind : uint8_t {
    /// It begins anew to learn what is normal.
    relearn,
    /// It is out of service: its alarms end, it is forgotten, and its readings are counted and not judged.
    retire,
    /// It is in service again, as a new one.
    unretire,
  };

  sensor_key key;
  kind what{};
  /// Since when it holds.
  event_time at = never;
  /// The name that was given, and the user whose process it was.
  std::string by, user;

  std::string content() const;
  /// None when it is damaged, or of a newer version.
  static std::optional<sensor_word> of(std::string_view content);

  friend bool operator==(const sensor_word&, const sensor_word&) = default;
};

std::string_view name_of(sensor_word::kind what);
std::optional<sensor_word::kind> sensor_word_named(std::string_view name);

} // namespace millwright
