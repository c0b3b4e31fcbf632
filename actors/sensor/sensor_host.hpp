#pragma once

#include "actors/sensor/sensor_output.hpp"
#include "protocol/results.hpp"

#include <cstdint>
#include <string_view>

namespace millwright {

/// What a sensor actor's shell needs of the node that hosts it. Called from CAF's worker threads.
class sensor_host {
public:
  virtual ~sensor_host() = default;

  /// Takes what `slot` decided while it took readings of barrier number `barrier`, and empties it. `taken_ns`: when
  /// the node took the deciding reading (steady clock), 0 for a tick.
  virtual void emit(uint32_t slot, uint32_t incarnation, uint32_t barrier, int64_t taken_ns, sensor_output& out) = 0;

  /// Takes the state of `slot` behind the last reading of `barrier`. `whole_at`: 0 for a whole state, else the barrier
  /// of the whole state since which `state` is the changes. `idle`: a sweep has nothing to do there. False: not taken,
  /// since somebody has answered for this barrier.
  virtual bool snapshot(uint32_t slot, uint32_t incarnation, uint32_t barrier, uint32_t whole_at,
                        std::string_view state, const sensor_counters& counters, bool idle) = 0;

  /// Its sensor has taken this reading, for the first time, and it repeats none. Valid during the call.
  virtual void accepted(const reading& r) = 0;

  /// `count` readings have been judged. `taken_ns`: when the node took them (steady clock); 0: long ago, or nobody
  /// knows.
  virtual void judged(uint32_t count, int64_t taken_ns) = 0;
};

} // namespace millwright
