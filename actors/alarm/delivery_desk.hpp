#pragma once

#include "actors/alarm/channel_health.hpp"
#include "actors/alarm/channel_outbox.hpp"
#include "actors/alarm/state_outbox.hpp"
#include "protocol/alarm_messages.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// What somebody should know of a channel.
struct channel_news {
  /// `left`: it is in the configuration no more, and what waited for it is told otherwise. `fallback`: it fails, and
  /// others tell some of what waits for it.
  enum class kind : uint8_t { down, up, given_up, left, fallback };
  channel_name channel;
  kind what{};
  /// Why, in the receiver's words; of `given_up` the page too; of `left` how much waited; of `fallback` how much goes
  /// over whom.
  std::string reason;
};

/// Hands pages to channels: one lane a channel, one page in hand each, at the channel's rate. What a channel cannot
/// deliver goes over the others, and what waits for one that fails over those that stand in for it. A receiver that
/// keeps a state of each alarm has a lane of its own kind (state_outbox), without either. No actor and no
/// clock: `now`, the wall clock, and `steady`, which nobody sets, are arguments. Whatever it decides waits in `effects`
/// until the router takes it to the journal.
class delivery_desk {
public:
  /// @param journal outlives the desk; of it the desk only reads.
  /// @param pages_in_memory waiting pages of one channel that are kept in memory whole.
  /// @param stateful which of the channels are told states, and how.
  /// @param terms of channels that have some.
  /// @param guide what the plant knows of an alarm; see channel_outbox.
  delivery_desk(alarm_journal& journal, const std::vector<channel_name>& channels, delivery_limits limits,
                size_t pages_in_memory, channel_outbox::alarm_lookup find, const stateful_receivers& stateful = {},
                std::map<channel_name, channel_terms> terms = {}, channel_outbox::guidance_lookup guide = {});

  /// At start: first what channels were told, then each alarm that is known, then `start`, once.
  void restore(const journal_content& content);
  void restore(const alarm_record& known);
  /// Takes up what waits. Throws what the journal throws.
  void start(event_time now);

  /// A page that was decided now, not on disk yet. To a receiver of states the alarm's record says all.
  void add(page x, event_time now);
  /// A channel that is not here takes the alarm for no worse than this, and would have been told otherwise.
  void missed(const channel_name& channel, const uuid& alarm, severity known);
  /// The alarm's record has changed, and is not on disk as it is; and: it is.
  void changed(const uuid& alarm, event_time now);
  void written(const uuid& alarm);
  /// The page of this sequence is on disk now, or was known there as finished.
  void journaled(const outbox_entry& entry, bool finished_before);
  /// This change is on disk.
  void journaled(const outbox_change& change);
  /// The journal fails: channels may have all the same what is not on disk, as pages that may repeat.
  void release();

  /// The channel takes so many pages more.
  /// @param anew it is another actor than before: what it had in hand goes back.
  void pull(const channel_pull& x, bool anew);
  void delivered(const delivery_report& x, event_time now, milliseconds steady);

  struct hand {
    channel_name channel;
    page_orders orders;
  };
  /// What each channel gets now.
  std::vector<hand> serve(event_time now, milliseconds steady);
  /// Behind `serve`, which reads and may take its time: what could not be read is left alone from now on.
  void reads_ended(event_time now);
  /// When to serve again although nothing has happened; `forever`: not.
  event_time wake() const { return wake_; }

  /// What is to be made durable, since it was last asked for.
  delivery_effects effects() { return std::exchange(effects_, {}); }
  std::vector<channel_news> news() { return std::exchange(news_, {}); }

  /// Why the journal could not be read when that was last tried; empty: it could. What is in memory is served on.
  const std::string& read_error() const { return read_error_; }

  /// Pages that wait for their channel; ends that wait for their time do not count.
  uint64_t pending() const;
  uint64_t sent() const { return sent_; }
  uint64_t failed() const { return failed_; }
  uint64_t retries() const { return retries_; }
  const channel_outbox* outbox_of(const channel_name& channel) const;
  const state_outbox* states_of(const channel_name& channel) const;
  /// The channel takes the alarm to stand as it does, or something of it waits there that says so.
  bool knows(const channel_name& channel, const uuid& alarm) const {
    const auto* outbox = outbox_of(channel);
    const auto* states = states_of(channel);
    const auto* record = find_(alarm);
    // Of a group a receiver of states is told nothing, but of each of its alarms.
    return (outbox && outbox->knows(alarm, record)) ||
           (states && (states->knows(alarm) || (record && record->members)));
  }
  /// The channel has told this number of the alarm, or a later one.
  bool has_told(const channel_name& channel, const uuid& alarm, uint32_t number) const {
    const auto* outbox = outbox_of(channel);
    const auto* states = states_of(channel);
    return (outbox && outbox->has_told(alarm, number)) || (states && states->has_told(alarm, number));
  }

private:
  struct lane {
    channel_outbox outbox;
    channel_health health;
    channel_terms terms;
    token_bucket rate;
    /// A try has failed, or it is time: whether others are to stand in has to be looked at. Runs evenly.
    bool look_for_stranded = false;
    milliseconds look_again{0};
    /// A channel has asked.
    bool taken = false;
    uint32_t credit = 0;
  };
  struct state_lane {
    state_outbox states;
    channel_health health;
    bool taken = false;
    uint32_t credit = 0;
  };

  void look(event_time now);
  void take_over_left(event_time now);
  void perhaps_told(const outbox_entry& entry);
  void tell_as_over(const uuid& alarm, event_time now, const channel_name* unheard_by = nullptr);
  bool is_here(const channel_name& channel) const { return lanes_.contains(channel) || states_.contains(channel); }
  bool restore_state(const told_change& x);
  void start_states(event_time now);
  /// Of what the journal has for the channel, however much that is.
  void each_waiting(const channel_name& channel, const std::function<void(outbox_entry)>& take);
  void serve_states(event_time now, milliseconds steady, std::vector<hand>& out);
  lane& lane_of(const channel_name& channel);
  void spread(event_time now);
  /// Over these channels, over all without. Those that did not know of it.
  std::vector<channel_name> spread(const page& what, const channel_name& from, const std::vector<channel_name>* over,
                                   event_time now);
  void fall_back(const channel_name& name, lane& x, event_time now, milliseconds steady);
  void told_by(const channel_name& channel, event_time now);
  channel_outbox::page_reader reader_of(const channel_name& channel);
  void note(const channel_name& channel, const std::optional<channel_health::change>& change);

  alarm_journal& journal_;
  delivery_limits limits_;
  size_t pages_in_memory_;
  channel_outbox::alarm_lookup find_;
  std::map<channel_name, channel_terms> terms_;
  channel_outbox::guidance_lookup guide_;
  std::map<channel_name, lane> lanes_;
  std::map<channel_name, state_lane> states_;
  /// What channels were told that are not here.
  std::map<std::pair<channel_name, uuid>, told_mark> away_;
  /// What other channels were told by itself, until `start`.
  std::set<std::pair<channel_name, uuid>> told_elsewhere_;
  uint64_t next_sequence_ = 1;
  delivery_effects effects_;
  std::vector<channel_news> news_;
  std::string read_error_;
  event_time looked_ = never;
  event_time wake_ = forever;
  uint64_t sent_ = 0, failed_ = 0, retries_ = 0;
};

} // namespace millwright
