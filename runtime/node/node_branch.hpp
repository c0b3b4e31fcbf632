#pragma once

#include "protocol/actors.hpp"
#include "runtime/hosting/actor_branch.hpp"
#include "runtime/node/paging.hpp"
#include "runtime/node/root_supervisor.hpp"
#include "runtime/node/self_monitor.hpp"

namespace millwright {

/// The root of the supervision tree, `node`, and the few actors right below it: `node/paging/router`, `/owner`,
/// `/channel/NAME`; `node/monitor`.
class node_branch : public actor_branch {
public:
  node_branch(caf::actor_system& system, root_actor root, const root_supervisor& parts, const paging& alarms,
              const self_monitor& monitor)
      : system_{system}, root_{std::move(root)}, parts_{parts}, alarms_{alarms}, monitor_{monitor} {}

  void count(const actor_path& parent, std::vector<actor_count>& out) override;
  actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) override;
  std::optional<actor_line> find(const actor_path& path) override;
  std::optional<std::string> describe(const actor_line& line) override;

private:
  std::vector<actor_line> below_root() const;
  std::string state_of_root() const;

  caf::actor_system& system_;
  const root_actor root_;
  const root_supervisor& parts_;
  const paging& alarms_;
  const self_monitor& monitor_;
};

} // namespace millwright
