#pragma once

#include "runtime/barrier/collector.hpp"
#include "runtime/hosting/actor_branch.hpp"
#include "runtime/hosting/driver_questions.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <functional>
#include <string>

namespace millwright {

/// The shards and their sensors: `node/shard/0`, `node/shard/0/sensor/FACILITY/ID`. Sensors that sleep have no actor:
/// the roster knows them.
class sensor_branch : public actor_branch {
public:
  /// @param ask has something done on the driver's thread. @param split_name called there.
  sensor_branch(caf::actor_system& system, sensor_keeper& keeper, const collector& outputs, driver_questions& ask,
                std::function<std::string(uint16_t split)> split_name)
      : system_{system}, keeper_{keeper}, outputs_{outputs}, ask_{ask}, split_name_{std::move(split_name)} {}

  void count(const actor_path& parent, std::vector<actor_count>& out) override;
  actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) override;
  std::optional<actor_line> find(const actor_path& path) override;
  std::optional<std::string> describe(const actor_line& line) override;

private:
  std::optional<uint32_t> shard_of(const actor_path& path) const;
  actor_line line_of_shard(uint32_t number) const;
  std::optional<actor_line> line_of_sensor(uint32_t slot) const;
  // The driver's thread.
  uint32_t slot_at(uint32_t shard, uint64_t index) const;
  uint64_t slots_of(uint32_t shard) const;

  uint64_t count_sensors(uint32_t shard);
  std::string state_of_sensor(uint32_t slot) const;

  caf::actor_system& system_;
  sensor_keeper& keeper_;
  const collector& outputs_;
  driver_questions& ask_;
  const std::function<std::string(uint16_t)> split_name_;
};

} // namespace millwright
