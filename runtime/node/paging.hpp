#pragma once

#include "protocol/actor_tree.hpp"
#include "protocol/actors.hpp"
#include "runtime/barrier/collector.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/node/root_supervisor.hpp"
#include "runtime/node/told_transitions.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/transport/start_channels.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// The alarm part of a node as the rest of it sees it: the router, its channels and their owner, which are begun anew
/// together when one of them dies. A new router reads its journal; what it may not have read there it is told again:
/// what the ledger keeps, and what no commit holds yet. Functions may be called from any thread that is no actor's,
/// `tell` from every thread.
class paging {
public:
  /// The supervisor's name for it.
  static inline const std::string part = "paging";

  struct surroundings {
    caf::actor_system& system;
    const alarm_settings& alarms;
    const std::vector<channel_settings>& channels;
    const channel_surroundings& around;
    journal& kept_alarms;
    ledger& kept_transitions;
    root_supervisor& root;
    /// Told what the router has on disk; on an actor's thread.
    std::function<void(const transitions_journaled&)> journaled;
    /// Hears of channels that are down or back; on the router's thread. May be empty.
    std::function<void(const channel_news&)> heard = {};
    /// Told when the journal cannot be read or written, and with an empty text when it can; on the router's thread.
    std::function<void(const std::string&)> journal_fails = {};
    /// Supervises router, channels and owner.
    root_actor supervisor = {};
    /// Who is told of what; none: every channel of everything.
    std::optional<routes> ways = {};
    /// What the plant knows of an alarm, for its pages; on the router's thread. May be empty.
    channel_outbox::guidance_lookup guide = {};
    /// How long those that are to be replaced may take to end.
    milliseconds end_patience{10'000};
  };

  explicit paging(surroundings given);
  ~paging();
  paging(const paging&) = delete;
  paging& operator=(const paging&) = delete;

  /// The living router, or the last one.
  alarm_router_actor router() const;

  /// What can be seen of the alarms without asking the router; it outlives each of them.
  const std::shared_ptr<alarm_board>& board() const { return board_; }

  struct member {
    /// Below `node/paging`.
    actor_path path;
    std::string kind;
    bool alive = true;
    /// What it says of itself; none where it does not answer. Not from an actor's thread.
    std::function<std::optional<std::string>()> description;
  };
  /// The living ones, or the last ones: router, owner, channels.
  std::vector<member> members() const;

  /// A transition, at once.
  void tell(const alarm_transition& x);
  /// This was told, but is in no commit: its actor has died. `expected`: a successor may come to it again.
  void dropped(const alarm_transition& x, bool expected);
  /// See `split_started` in protocol/split_places.hpp.
  void started(const split_started& x);
  /// See `split_begun_anew` there.
  void begun_anew(const split_begun_anew& x);
  /// A commit holds this.
  void committed(const barrier_output& output);

  /// Ends what is left and begins router and channels anew, if one of them is dead. Throws `failure` when the journal
  /// or the ledger cannot be read, or what is left does not end.
  void begin_anew();

  /// Ends it for good. True when everything decided so far is on disk.
  bool stop();

private:
  /// The router and channels that live and die together.
  struct generation;

  void begin();
  void spawn(generation& next);
  void install(std::shared_ptr<generation> next, const std::vector<std::string>& stored);
  void end(generation& old, milliseconds patience);

  const surroundings given_;
  const std::shared_ptr<alarm_board> board_ = std::make_shared<alarm_board>();
  /// Held while one generation takes the place of another.
  std::mutex change_;
  /// One that is not whole yet, or never was; under `change_`.
  std::shared_ptr<generation> begun_;
  /// Held for a moment; all below.
  mutable std::mutex mutex_;
  std::shared_ptr<generation> living_;
  told_transitions told_;
  /// What is committed does not leave `told_`: the ledger is being read.
  bool reading_ = false;
  /// What is committed of a split; and, until a commit is of that log, the one that was begun since.
  struct committed_place {
    split_started committed;
    std::optional<split_begun_anew> anew;
  };
  std::map<uint16_t, committed_place> places_;
};

} // namespace millwright
