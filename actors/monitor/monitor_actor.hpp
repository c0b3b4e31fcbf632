#pragma once

#include "actors/monitor/load_monitor.hpp"
#include "protocol/actors.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

struct monitor_actor_settings {
  monitor_settings own;
  /// Subjects that the actor before this one has left wrong.
  std::vector<std::string> standing;
  /// Told, on the actor's thread, what has come to be wrong or is over.
  std::function<void(const load_verdict&)> tell;
};

struct monitor_actor_state {
  std::optional<load_monitor> model;
  std::function<void(const load_verdict&)> tell;
  /// Since its start.
  uint64_t samples = 0;
  static inline const char* name = "monitor";
};

/// Takes the node's samples, tells alarms, answers questions.
load_monitor_actor::behavior_type run_monitor(load_monitor_actor::stateful_pointer<monitor_actor_state> self,
                                              monitor_actor_settings settings);

} // namespace millwright
