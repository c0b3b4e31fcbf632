#include "runtime/hosting/actor_world.hpp"

#include "protocol/actors.hpp"

#include <caf/all.hpp>

namespace millwright {

actor_world::actor_world() {
  config_.add_message_types<caf::id_block::millwright>();
  config_.set("scheduler.policy", caf::atom("sharing"));
  config_.set("scheduler.max-throughput", size_t{300});
  config_.set("scheduler.max-threads", size_t{1});
  config_.set("logger.verbosity", caf::atom("quiet"));
  system_ = std::make_unique<caf::actor_system>(config_);
}

} // namespace millwright
