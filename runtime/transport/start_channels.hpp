#pragma once

#include "actors/alarm/router_actor.hpp"
#include "actors/channel/channel_actor.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/transport/line_transports.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace spdlog {
class logger;
}

namespace millwright {

/// What the channels need beside their settings.
struct channel_surroundings {
  /// Gets the lines of `terminal` channels, on their threads.
  terminal_transport::print_function print;
  bool colour = false;
  /// Of `log` channels; none: spdlog's default.
  std::shared_ptr<spdlog::logger> log;
  /// Of the retries' jitter.
  uint64_t seed = 1;
};

/// The transport that `settings` asks for. Throws failure(bad_configuration), also for a secret that cannot be read.
std::shared_ptr<transport> make_transport(const channel_settings& settings, const channel_surroundings& around);

/// The running alarm part of a node: the router and its channels, each on a thread of its own.
class alarm_system {
public:
  alarm_system(caf::actor_system& system, alarm_router_actor router) : system_{&system}, router_{std::move(router)} {}
  alarm_system(alarm_system&&) = default;
  alarm_system& operator=(alarm_system&&) = delete;
  ~alarm_system() { stop(); }

  const alarm_router_actor& router() const { return router_; }

  /// Calls `visit` with the router, then each channel, and how people call it.
  void each_actor(const std::function<void(const std::string& name, const caf::actor& which)>& visit) const;

  /// Ends within a second: a page under way gets a moment to be answered; the outbox keeps what is left. True when
  /// everything decided so far is on disk. Blocks; not from an actor. A second call does nothing and gives the same.
  bool stop();

private:
  friend alarm_system start_alarms(caf::actor_system&, const alarm_settings&, const std::vector<channel_settings>&,
                                   const channel_surroundings&, journal&, alarm_owner_actor,
                                   std::function<void(const alarm_transition&)>,
                                   std::function<void(const channel_news&)>);

  struct running_channel {
    channel_actor actor;
    std::shared_ptr<transport> way;
    std::string name;
  };

  caf::actor_system* system_;
  alarm_router_actor router_;
  std::vector<running_channel> channels_;
  bool on_disk_ = true;
};

/// Starts router and channels on `alarms`, which outlives them, and delivers what the outbox still holds.
/// @param owner is told what is on disk; may be empty.
/// @param decided hears of the transitions that the router decides itself; see alarm_router_settings.
/// @param heard hears of channels that are down or back; see alarm_router_settings.
alarm_system start_alarms(caf::actor_system& system, const alarm_settings& settings,
                          const std::vector<channel_settings>& channels, const channel_surroundings& around,
                          journal& alarms, alarm_owner_actor owner,
                          std::function<void(const alarm_transition&)> decided = {},
                          std::function<void(const channel_news&)> heard = {});

} // namespace millwright
