#pragma once

#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/maintenance_order.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace millwright {

/// What people say of units' maintenance: noted in the log of decisions, told to the unit, answered. The driver's
/// thread, but for `take`.
class maintenance_desk {
public:
  /// @param own_time the plant's readings alone say what time it is there: a recording, a simulated plant.
  maintenance_desk(sensor_keeper& keeper, split_table& splits, split_decisions& decisions, barrier_share& share,
                   bool own_time)
      : keeper_{keeper}, splits_{splits}, decisions_{decisions}, share_{share}, own_time_{own_time} {}

  /// Any thread.
  void take(std::shared_ptr<maintenance_order> order);
  /// Notes what has come.
  void look();

  /// It is in the log: the unit is told of it behind the barrier under way.
  void tell(split_state& split, const decision& entry);

private:
  maintenance_order::outcome note(maintenance_entry wanted);

  sensor_keeper& keeper_;
  split_table& splits_;
  split_decisions& decisions_;
  barrier_share& share_;
  const bool own_time_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<maintenance_order>> orders_;
};

} // namespace millwright
