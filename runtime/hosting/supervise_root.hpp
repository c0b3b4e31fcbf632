#pragma once

#include "protocol/actors.hpp"

#include <functional>
#include <map>
#include <string>

namespace millwright {

struct root_state {
  std::map<caf::actor_addr, part_spawned> parts;
  /// Actors that were begun since the node's start, and ends of these.
  uint64_t spawned = 0, ended = 0;
  std::string last_end;
  static inline const char* name = "node";
};

/// The root of the supervision tree: monitors the actors that the node cannot do without, and tells of each end whoever
/// begins that part anew (node/root_supervisor). Spawn it detached: a report must not wait behind sensors.
root_actor::behavior_type supervise_root(root_actor::stateful_pointer<root_state> self);

/// Has one as long as it lives.
class tree_root {
public:
  explicit tree_root(caf::actor_system& system) : actor_{system.spawn<caf::detached>(supervise_root)} {}
  ~tree_root() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }
  tree_root(const tree_root&) = delete;
  tree_root& operator=(const tree_root&) = delete;

  const root_actor& actor() const { return actor_; }

private:
  root_actor actor_;
};

/// `root` supervises `which` from here on. Without a root, `ended` is called on the thread that it ends on.
void supervise(const root_actor& root, std::string name, const caf::actor& which,
               std::function<void(const caf::error&)> ended);

} // namespace millwright
