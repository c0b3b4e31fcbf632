#include "runtime/node/actor_world.hpp"

#include "protocol/actors.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <thread>

namespace millwright {

actor_world::actor_world(int threads) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int workers = threads > 0 ? threads : std::max(1, cores - 1);
  config_.add_message_types<caf::id_block::millwright>();
  config_.set("scheduler.policy", caf::atom("sharing"));
  config_.set("scheduler.max-throughput", size_t{300});
  config_.set("scheduler.max-threads", static_cast<size_t>(workers));
  config_.set("logger.verbosity", caf::atom("quiet"));
  system_ = std::make_unique<caf::actor_system>(config_);
}

} // namespace millwright
