#pragma once

#include "actors/monitor/load_alarms.hpp"
#include "protocol/actors.hpp"
#include "protocol/monitor_settings.hpp"
#include "runtime/node/root_supervisor.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace millwright {

/// The node's monitor as the rest of it sees it: begun anew when it dies. A new one has no samples yet, and judges on
/// what the one before had told. Functions may be called from any thread.
class self_monitor {
public:
  /// The supervisor's name for it.
  static inline const std::string part = "monitor";
  using tell_function = std::function<void(const load_verdict&)>;

  /// The root supervisor is stopped before this ends.
  /// @param tell told what has come to be wrong with the node's load, or is over; on the monitor's thread.
  /// @param supervisor of its actors.
  self_monitor(caf::actor_system& system, root_supervisor& root, const monitor_settings& settings, tell_function tell,
               root_actor supervisor = {});
  ~self_monitor();
  self_monitor(const self_monitor&) = delete;
  self_monitor& operator=(const self_monitor&) = delete;

  void take(const load_sample& x);

  /// The living one, or the last one.
  load_monitor_actor actor() const;
  /// Without asking the actor; none before the first.
  std::optional<load_sample> newest() const;

private:
  struct life;
  struct told;

  void begin();

  caf::actor_system& system_;
  root_supervisor& root_;
  const monitor_settings settings_;
  const root_actor supervisor_;
  /// What the actor has told: an actor that is at work when this ends still has a place to tell.
  const std::shared_ptr<told> told_;
  mutable std::mutex mutex_;
  std::shared_ptr<life> living_;
  std::optional<load_sample> newest_;
};

} // namespace millwright
