#pragma once

#include "protocol/actors.hpp"

#include <cstdint>
#include <optional>

namespace millwright {

/// Where a shard reports the death of a sensor actor. Called from CAF's worker threads.
class death_notice {
public:
  virtual ~death_notice() = default;
  virtual void died(sensor_death death) = 0;
};

struct shard_state {
  uint32_t number = 0;
  /// Actors that it was given, and deaths of these.
  uint64_t spawned = 0, deaths = 0;
  std::optional<sensor_death> last_death;
  static inline const char* name = "shard";
};

/// Supervises sensor actors: hears of each one's end and reports it to the driver, which alone sends to sensors and so
/// alone can put a new actor into the right place between two readings.
shard_actor::behavior_type supervise_shard(shard_actor::stateful_pointer<shard_state> self, uint32_t number,
                                           death_notice* notice);

} // namespace millwright
