#include "runtime/hosting/shard_actor.hpp"

#include <caf/all.hpp>

namespace millwright {

namespace {

// An orderly end of the node: nobody is to be restarted.
bool orderly(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

// What a death says of itself; one that says nothing (a kill) still names whose it was.
sensor_death explain(const caf::error& reason, uint32_t slot, uint32_t incarnation) {
  if (reason.context().match_elements<sensor_death>())
    return reason.context().get_as<sensor_death>(0);
  sensor_death death;
  death.slot = slot;
  death.incarnation = incarnation;
  death.what = "ended without a word";
  return death;
}

} // namespace

shard_actor::behavior_type supervise_shard(shard_actor::stateful_pointer<shard_state> self, death_notice* notice) {
  return {
      [self](const sensor_spawned& child) {
        // Lighter than a monitor: no table from addresses to sensors beside it.
        const caf::actor_addr shard = self->address();
        child.sensor->attach_functor(
            [shard, slot = child.slot, incarnation = child.incarnation](const caf::error& reason) {
              if (orderly(reason))
                return;
              if (auto strong = caf::actor_cast<shard_actor>(shard))
                caf::anon_send<caf::message_priority::high>(strong, explain(reason, slot, incarnation));
            });
      },
      [notice](const sensor_death& death) { notice->died(death); },
  };
}

} // namespace millwright
