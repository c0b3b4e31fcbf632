#pragma once

#include "runtime/barrier/collector.hpp"
#include "runtime/hosting/hosted_actors.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace millwright {

/// The plant above the sensors, as a node or a replay hosts it: every registered kind of actor, what is gathered for
/// them, and their part of each barrier.
class plant_above {
public:
  struct surroundings {
    caf::actor_system& system;
    const std::vector<sensor_type>& sensor_types;
    /// `KIND.KEY` -> text, as configured.
    const std::map<std::string, std::string>& settings;
    /// See hosted_actors; in a live node.
    std::function<std::string(const std::string& key)> committed = {};
    std::function<void(const entity_key&, const std::string& reason, bool ended)> troubled = {};
    milliseconds retention{0};
  };

  explicit plant_above(surroundings given);
  ~plant_above();
  plant_above(const plant_above&) = delete;
  plant_above& operator=(const plant_above&) = delete;

  entity_registry& registry() { return registry_; }
  gathering& gathered() { return gathered_; }
  hosted_actors& actors() { return *actors_; }

  /// From here on what people look at is brought up to date so often between barriers; what was recovered before first.
  void keep_shown(milliseconds pause);

  /// Leads the actors past a complete barrier and adds what they make of it. The committer's thread.
  void complete(barrier_output& output, const collector& from);

private:
  void keep_fresh(milliseconds pause);

  hosted_types types_;
  entity_registry registry_;
  gathering gathered_;
  std::unique_ptr<hosted_actors> actors_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  std::thread refreshing_;
};

} // namespace millwright
