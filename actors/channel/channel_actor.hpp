#pragma once

#include "actors/channel/retry_policy.hpp"
#include "actors/channel/transport.hpp"
#include "protocol/actors.hpp"

#include <map>
#include <memory>
#include <random>
#include <utility>

namespace millwright {

struct channel_actor_settings {
  channel_name name;
  std::shared_ptr<transport> way;
  retry_policy retries;
  /// Pages in hand at most: the one under way, and what lies ready behind it.
  uint32_t in_hand = 2;
  /// A receiver that asks for a longer pause gets this one.
  milliseconds retry_after_most{3'600'000};
  uint64_t seed = 1;
};

struct channel_actor_state {
  channel_actor_settings settings;
  alarm_router_actor router;
  /// By (-priority, sequence): best first.
  std::map<std::pair<int, uint64_t>, page_order> ready;
  std::mt19937_64 random;
  /// Failures in a row, of whatever page: the receiver is down, so every page waits.
  uint32_t failures = 0;
  /// A deliver_next is under way to this actor.
  bool called = false;
  static inline const char* name = "channel";
};

/// Pulls pages from the router, delivers them one by one, and reports each outcome. Delivery blocks: spawn it detached,
/// so that a slow receiver holds up nobody else.
channel_actor::behavior_type run_channel(channel_actor::stateful_pointer<channel_actor_state> self,
                                         channel_actor_settings settings, alarm_router_actor router);

} // namespace millwright
