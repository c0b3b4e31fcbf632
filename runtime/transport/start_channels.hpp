#pragma once

#include "actors/alarm/router_actor.hpp"
#include "actors/channel/channel_actor.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/transport/acknowledgement_poll.hpp"
#include "runtime/transport/make_transport.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// Who has to do with the router beside its channels. All of it may be empty.
struct alarm_ties {
  /// Told what is on disk.
  alarm_owner_actor owner = {};
  /// What owners had sent before this start and nobody had answered.
  std::vector<alarm_transition> kept = {};
  /// Hears of the transitions that the router decides itself; see alarm_router_settings.
  std::function<void(const alarm_transition&)> decided = {};
  /// Told when the journal cannot be read, and with an empty text when it can again; on the router's thread.
  std::function<void(const std::string&)> journal_fails = {};
  /// Hears of channels that are down or back; see alarm_router_settings.
  std::function<void(const channel_news&)> heard = {};
  /// Where the router shows its alarms; none: on one of its own.
  std::shared_ptr<alarm_board> board = {};
  /// Who is told of what; none: every channel of everything.
  std::optional<routes> ways = {};
  /// What the plant knows of an alarm; see alarm_router_settings.
  channel_outbox::guidance_lookup guide = {};
};

/// The running alarm part of a node: the router and its channels, each on a thread of its own.
class alarm_system {
public:
  alarm_system(caf::actor_system& system, alarm_router_actor router, std::shared_ptr<alarm_board> board)
      : system_{&system}, router_{std::move(router)}, board_{std::move(board)} {}
  alarm_system(alarm_system&&) = default;
  alarm_system& operator=(alarm_system&&) = delete;
  ~alarm_system() { stop(); }

  /// Stays what it is over a stop, so that any thread may send to it meanwhile: to a dead router then.
  const alarm_router_actor& router() const { return router_; }
  /// What can be seen of the alarms without asking the router.
  const std::shared_ptr<alarm_board>& board() const { return board_; }

  /// Calls `visit` with each channel and its name.
  void each_channel(const std::function<void(const std::string& name, const channel_actor& which)>& visit) const;

  /// Ends within a second: a page under way gets a moment to be answered; the outbox keeps what is left. True when
  /// everything decided so far is on disk. Blocks; not from an actor. A second call does nothing and gives the same.
  /// @param patience with channels that are cut short, all together, and with a router that is busy.
  bool stop(milliseconds patience = milliseconds{400});
  /// Behind `stop`, which waits for nobody for ever: who has not ended after so long; none: all have, and what they had
  /// for the journal it was given. Blocks; not from an actor.
  std::optional<std::string> still_runs(milliseconds patience);

private:
  friend void start_alarms(std::optional<alarm_system>&, caf::actor_system&, const alarm_settings&,
                           const std::vector<channel_settings>&, const channel_surroundings&, journal&, alarm_ties);

  struct running_channel {
    channel_actor actor;
    std::shared_ptr<transport> way;
    std::string name;
  };

  caf::actor_system* system_;
  alarm_router_actor router_;
  std::shared_ptr<alarm_board> board_;
  std::vector<running_channel> channels_;
  /// Of channels that are asked who has acknowledged there.
  std::vector<std::unique_ptr<acknowledgement_poll>> polls_;
  bool stopped_ = false;
  bool on_disk_ = true;
};

/// How long alarms are kept, when they are grouped, and when a sensor pages again.
alarm_book_limits book_limits_of(const alarm_settings& settings);

/// What is agreed with the receiver of `x`, one of `all`.
channel_terms terms_of(const channel_settings& x, const alarm_settings& settings,
                       const std::vector<channel_settings>& all);

/// Starts router and channels on `alarms`, which outlives them, and delivers what the outbox still holds. What has
/// begun when it throws (there is no thread for a channel) is in `out`, empty before: it runs, and is to be stopped.
void start_alarms(std::optional<alarm_system>& out, caf::actor_system& system, const alarm_settings& settings,
                  const std::vector<channel_settings>& channels, const channel_surroundings& around, journal& alarms,
                  alarm_ties ties);
/// For whom it is enough that this is asked to end then, and waited for as in `stop`.
alarm_system start_alarms(caf::actor_system& system, const alarm_settings& settings,
                          const std::vector<channel_settings>& channels, const channel_surroundings& around,
                          journal& alarms, alarm_ties ties);

} // namespace millwright
