#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// Living: its actor is in memory. Asleep: silent for long, on disk alone. Quarantined: set aside until a restart.
/// Retired: taken out of service by a person; what it sends is not judged.
enum class sensor_presence : uint8_t { living, asleep, quarantined, retired };

/// Which sensors a person means: `*` and `?` stand for any text and any character.
struct sensor_filter {
  std::string sensor = "*";
  std::string facility = "*";
  /// Only those that sleep, or only those that do not; who is retired is neither.
  bool asleep = true, awake = true;
  uint32_t limit = 100;
};

/// One of the sensors that the node knows.
struct listed_sensor {
  sensor_key key;
  sensor_presence presence{};
  /// Of the split that feeds it; empty: none yet.
  std::string split;
  /// The split's time at its newest reading; `never`: none since the node's start.
  event_time seen = never;
  /// Of one that is retired: since when, by whom, and how many readings have come since the node's start all the same.
  event_time retired_at = never;
  std::string retired_by = {};
  uint64_t unjudged = 0;
};

struct sensor_list {
  /// By facility and sensor.
  std::vector<listed_sensor> sensors;
  /// How many match in all.
  uint64_t total = 0;
};

/// What became of sensors that somebody wanted forgotten.
struct sensors_forgotten {
  uint64_t forgotten = 0;
  /// Those that speak: they would be known again at once.
  std::vector<sensor_key> speaking;
  /// Empty, or why nothing was forgotten, or not all that match.
  std::string problem;
};

} // namespace millwright
