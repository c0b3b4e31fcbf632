#include "runtime/hosting/shard_actor.hpp"

#include "protocol/json.hpp"

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

actor_description describe(const shard_state& state) {
  actor_description out;
  json_object line{out.json};
  line.integer("number", state.number)
      .integer("actors_so_far", static_cast<int64_t>(state.spawned))
      .integer("deaths", static_cast<int64_t>(state.deaths));
  line.text_or_null("last_death", state.last_death ? state.last_death->what : std::string{});
  line.close();
  return out;
}

} // namespace

shard_actor::behavior_type supervise_shard(shard_actor::stateful_pointer<shard_state> self, uint32_t number,
                                           death_notice* notice) {
  self->state.number = number;
  return {
      [self](const sensor_spawned& child) {
        ++self->state.spawned;
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
      [self, notice](const sensor_death& death) {
        ++self->state.deaths;
        self->state.last_death = death;
        notice->died(death);
      },
      [self](const describe_wanted&) { return describe(self->state); },
  };
}

} // namespace millwright
