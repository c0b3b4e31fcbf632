#pragma once

#include "runtime/hosting/actor_branch.hpp"
#include "runtime/hosting/entity_registry.hpp"
#include "runtime/hosting/hosted_actors.hpp"

#include <string>

namespace millwright {

/// What stands above the sensors: `node/above`, the host, and below it `node/above/KIND/FACILITY/ID`.
class above_branch : public actor_branch {
public:
  above_branch(hosted_actors& actors, const entity_registry& registry) : actors_{actors}, registry_{registry} {}

  void count(const actor_path& parent, std::vector<actor_count>& out) override;
  actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) override;
  std::optional<actor_line> find(const actor_path& path) override;
  std::optional<std::string> describe(const actor_line& line) override;

private:
  actor_line line_of(const hosted_entity& entity) const;

  hosted_actors& actors_;
  const entity_registry& registry_;
};

} // namespace millwright
