#pragma once

#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/entry/sweep_pace.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/watch/node_status.hpp"

#include <cstddef>
#include <cstdint>

namespace millwright {

/// Tells quiet sensors that time moved on: never all at once, and none twice within `sweep_step` of event time
/// (`sweep_step_of_replay` where it is not live). The driver's thread.
class quiet_sweep {
public:
  quiet_sweep(sensor_keeper& keeper, const collector& outputs, const split_table& splits, const sensor_feeds& feeds,
              plant_changes& changes, const driver_clock& clock, bool live, node_status& status)
      : keeper_{keeper}, outputs_{outputs}, splits_{splits}, feeds_{feeds}, changes_{changes}, clock_{clock},
        live_{live}, status_{status}, step_{live ? sweep_step : sweep_step_of_replay} {}

  /// Looks at the next `most` sensors, if time moved on.
  void go_on(size_t most);
  /// The source has no more: every sensor is told what time has passed. @param closes and all its windows close.
  void tell_all(bool closes);

private:
  bool begin();
  void tell(uint32_t slot, event_time closing, bool last, bool at_end);
  const split_state* split_of(uint32_t slot) const;

  sensor_keeper& keeper_;
  const collector& outputs_;
  const split_table& splits_;
  const sensor_feeds& feeds_;
  plant_changes& changes_;
  const driver_clock& clock_;
  const bool live_;
  node_status& status_;
  const milliseconds step_;
  uint32_t at_ = 0;
  sweep_pace pace_{step_};
};

} // namespace millwright
