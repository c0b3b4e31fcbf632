#pragma once

#include "actors/channel/circuit_breaker.hpp"
#include "actors/channel/transport.hpp"
#include "protocol/actors.hpp"

#include <memory>
#include <optional>
#include <string>

namespace millwright {

struct channel_actor_settings {
  channel_name name;
  std::shared_ptr<transport> way;
  retry_policy retries;
  /// A receiver that asks for a longer pause gets this one.
  milliseconds retry_after_most{3'600'000};
  uint64_t seed = 1;
};

struct channel_actor_state {
  channel_actor_settings settings;
  alarm_router_actor router;
  /// Open: the receiver is down, so every page waits. None until the channel has begun.
  std::optional<circuit_breaker> breaker;
  /// Since its start: pages that were delivered, or refused by the receiver; what the last failure was.
  uint64_t delivered = 0, refused = 0;
  std::string last_failure;
  static inline const char* name = "channel";
};

/// Pulls pages from the router one by one, delivers each, and reports how it fared. While its receiver is left alone it
/// has none: what waits stays where its alarm may still take it in. Delivery blocks: spawn it detached, so that a slow
/// receiver holds up nobody else.
channel_actor::behavior_type run_channel(channel_actor::stateful_pointer<channel_actor_state> self,
                                         channel_actor_settings settings, alarm_router_actor router);

} // namespace millwright
