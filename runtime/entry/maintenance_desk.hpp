#pragma once

#include "runtime/decisions/maintenance_entry.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <optional>

namespace millwright {

/// What people say of units' maintenance: noted in the log of decisions, told to the unit. The driver's thread.
class maintenance_desk {
public:
  /// @param own_time the plant's readings alone say what time it is there: a recording, a simulated plant.
  maintenance_desk(sensor_keeper& keeper, split_table& splits, split_decisions& decisions, barrier_share& share,
                   bool own_time)
      : keeper_{keeper}, splits_{splits}, decisions_{decisions}, share_{share}, own_time_{own_time} {}

  /// Notes it, as of now: since when it holds. None while what was said before a crash is still to come. Throws
  /// failure(not_found) with the reason where it cannot be noted.
  std::optional<event_time> note(maintenance_entry wanted);

  /// It is in the log: the unit is told of it behind the barrier under way.
  void tell(split_state& split, const decision& entry);

private:
  sensor_keeper& keeper_;
  split_table& splits_;
  split_decisions& decisions_;
  barrier_share& share_;
  const bool own_time_;
};

} // namespace millwright
