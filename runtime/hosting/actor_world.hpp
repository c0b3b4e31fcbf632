#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <memory>

namespace millwright {

/// CAF as millwright runs it, for every actor that is no sensor (these have `sensor_workers`): one worker, one shared
/// queue (work stealing collapses when threads outnumber cores), at most 300 messages before an actor makes room for
/// others. Declare it before what its actors point to is destroyed.
class actor_world {
public:
  actor_world();

  caf::actor_system& system() { return *system_; }

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

} // namespace millwright
