#pragma once

#include "protocol/time.hpp"

#include <cstddef>
#include <string>

namespace millwright {

/// What a person wants shelved, unshelved, or noted of an alarm.
struct shelving_request {
  /// An alarm's id or its beginning; a sensor or a unit: its id, or FACILITY/ID; with `facility` an id within it.
  std::string name;
  std::string facility;
  /// "alarm", "sensor" or "unit"; empty: whichever is called so.
  std::string kind;
  milliseconds lasts{0};
  /// Who says so; may be empty. Why, or what is noted.
  std::string by, text;
};

/// In bytes.
inline constexpr size_t longest_shelf_reason = 1000;
/// A beginning of an id that is shorter may well be a sensor's name by chance; --kind alarm takes it.
inline constexpr size_t least_id_digits = 4;

} // namespace millwright
