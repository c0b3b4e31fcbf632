#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <memory>

namespace millwright {

/// CAF as millwright runs it: one shared queue (work stealing collapses when threads outnumber cores), at most 300
/// messages before an actor makes room for others. Declare it before what its actors point to is destroyed.
class actor_world {
public:
  /// @param threads workers; 0: as many as cores but the driver's, at least one.
  explicit actor_world(int threads);

  caf::actor_system& system() { return *system_; }

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

} // namespace millwright
