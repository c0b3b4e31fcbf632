#pragma once

#include "actors/sensor/sensor_host.hpp"
#include "actors/sensor/sensor_model.hpp"
#include "protocol/actors.hpp"

#include <optional>
#include <string>

namespace millwright {

/// What a sensor actor is born with.
struct sensor_birth {
  const rule_book* book = nullptr;
  sensor_host* host = nullptr;
  uint32_t slot = 0;
  /// Counts the actors that this sensor has had since the node's start.
  uint32_t incarnation = 0;
  /// The barrier number of the readings that come first.
  uint32_t barrier = 0;
  /// Its encoded state; empty: a sensor that nobody has seen before.
  std::string stored;
};

struct sensor_state {
  std::optional<sensor_model> model;
  sensor_host* host = nullptr;
  uint32_t slot = 0;
  uint32_t incarnation = 0;
  /// Of the newest thing that it was sent.
  uint32_t barrier = 0;
  /// It was sent something behind `barrier` and has not answered for it.
  bool changed = false;
  static inline const char* name = "sensor";
};

/// Watches one sensor. An exception of its model ends the actor; the reason then carries a `sensor_death`, by which
/// its supervisor knows the reading that did it. A damaged stored state is such an exception.
sensor_actor::behavior_type watch_sensor(sensor_actor::stateful_pointer<sensor_state> self, sensor_birth birth);

} // namespace millwright
