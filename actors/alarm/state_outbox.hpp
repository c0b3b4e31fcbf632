#pragma once

#include "actors/alarm/channel_outbox.hpp"
#include "actors/alarm/stateful_receiver.hpp"
#include "protocol/alarm_messages.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millwright {

/// What a receiver that keeps a state of each alarm knows, and what it is told next. There is no queue of pages: an
/// alarm whose state is not the one that was told last is told as it is when its turn comes, so that what came in
/// between, however old, is told once. Neither groups nor digests are told, but each of their alarms. An end is told at
/// once. One message is in hand at a time. Pure; `now` is the wall clock, and what it decides comes out as
/// `delivery_effects`.
class state_outbox {
public:
  using alarm_lookup = channel_outbox::alarm_lookup;

  /// @param guide asked whenever it is told that an alarm stands.
  state_outbox(channel_name name, stateful_receiver how, delivery_limits limits,
               channel_outbox::guidance_lookup guide = {})
      : name_{std::move(name)}, how_{how}, limits_{limits}, guide_{std::move(guide)} {}

  /// At start: what the journal holds, then every alarm that is known; then `begin`, once.
  void restore(const uuid& alarm, const told_mark& mark);
  void restore(const uuid& alarm) { restored_.push_back(alarm); }
  /// A page that waited when the channel was an ordinary one, and is told by nobody any more.
  void restore(const outbox_entry& entry, const alarm_lookup& find);
  void begin(event_time now, const alarm_lookup& find, delivery_effects& out);

  /// The alarm's record has changed, and is not on disk as it is.
  void changed(const uuid& alarm, event_time now, const alarm_lookup& find, delivery_effects& out);
  /// It is now.
  void written(const uuid& alarm, const alarm_lookup& find);
  /// The journal fails: everything may go out from memory.
  void release();

  /// The next message; it is then in hand. None: nothing is due, or one is in hand.
  std::optional<page_order> next(event_time now, const alarm_lookup& find, uint64_t& next_sequence,
                                 delivery_effects& out);
  /// How the message in hand fared; false when that one is not in hand.
  bool report(const outbox_place& place, const delivery_verdict& verdict, event_time now, const alarm_lookup& find,
              uint64_t& next_sequence, delivery_effects& out);
  /// The message in hand tells something that the receiver has not been told.
  bool tells_news() const;
  /// The channel was started anew: what it had in hand is told again.
  void put_back(event_time now, const alarm_lookup& find);
  /// When to ask for `next` again; `forever` when nothing waits.
  event_time wake(event_time now) const;

  /// See channel_outbox.
  void clock_set_back(event_time now, milliseconds by);
  void not_tried_for(milliseconds passed) { not_tried_ += passed; }

  /// Alarms whose state has to be told.
  size_t pending() const { return pending_; }
  /// It takes the alarm to stand, or will be told so.
  bool knows(const uuid& alarm) const { return items_.contains(alarm); }
  /// As an ordinary channel it was told of the alarm by itself, and not yet of its end.
  bool told_by_page(const uuid& alarm) const {
    const auto at = as_pages_.find(alarm);
    return at != as_pages_.end() && at->second.how == told_way::singly && at->second.number > 0;
  }
  /// As an ordinary channel it would have been told of this: it takes the alarm for what it was.
  void not_paged(const page& x, delivery_effects& out);
  /// The receiver has answered that it has this number of the alarm, or a later one.
  bool has_told(const uuid& alarm, uint32_t number) const {
    const auto at = items_.find(alarm);
    return at != items_.end() && at->second.told.number > 0 && at->second.told.number >= number;
  }

private:
  /// What there is to know of an alarm here.
  struct state {
    uint32_t number = 0;
    bool acknowledged = false, over = false;

    friend bool operator==(const state&, const state&) = default;
  };

  /// Highest priority first, then in the order in which they came.
  using turn = std::pair<int, uint64_t>;

  struct item {
    /// What the receiver knows; 0: perhaps nothing.
    state told;
    /// Something of it was handed out, by this node or one before it.
    bool tried = false;
    bool differs = false, in_hand = false, spilled = false;
    turn at;
    /// Since when it differs, in the channel's own time (see `counted`).
    event_time since = never;
    /// A message in which it is takes so many at most: the receiver has refused one of more.
    size_t together = ~size_t{0};
    /// The receiver does not want this state, and is asked again then.
    std::optional<state> refused;
    event_time ask_again = never;
  };

  struct told_one {
    uuid alarm;
    state what;
    /// As the receiver knows it: told again since it stands.
    bool again = false;
    event_time at;
    int priority = 0;
  };

  static state wanted(const alarm_record* record);
  state step(const item& x, state want) const;
  bool concerns(const alarm_record& record, const alarm_lookup& find) const;
  bool on_disk(const uuid& alarm, const alarm_record* record) const;
  void look(const uuid& alarm, event_time now, const alarm_lookup& find, delivery_effects& out);
  void judge(const uuid& alarm, item& x, const alarm_record* record, event_time now);
  void rest(item& x);
  void forget(const uuid& alarm, delivery_effects& out);
  void set_told(const uuid& alarm, item& x, const state& what, delivery_effects& out) const;
  void keep_pages(const alarm_lookup& find, delivery_effects& out);
  /// What the journal is to have of the alarm here.
  void write_mark(const uuid& alarm, delivery_effects& out) const;
  void note(const told_one& x, notification_outcome outcome, const std::string& detail, uint64_t& next_sequence,
            delivery_effects& out) const;
  alarm_now take_in_hand(const uuid& alarm, item& x, const alarm_record* record, bool again);
  void gather(size_t& room, const alarm_lookup& find, std::vector<alarm_now>& states, delivery_effects& out);
  void gather_again(size_t& room, const alarm_lookup& find, std::vector<alarm_now>& states);
  void taken(const told_one& x, const std::string& detail, event_time now, const alarm_lookup& find,
             uint64_t& next_sequence, delivery_effects& out);
  void refuse(const told_one& x, const std::string& detail, event_time now, const alarm_lookup& find,
              uint64_t& next_sequence, delivery_effects& out);
  void tell_later(const told_one& x, event_time now, const alarm_lookup& find);
  void spill_overdue(event_time now, const alarm_lookup& find, delivery_effects& out);
  void ask_refused_again(event_time now, const alarm_lookup& find);
  void begin_round(event_time now, const alarm_lookup& find);
  event_time counted(event_time now) const { return now - not_tried_; }

  channel_name name_;
  stateful_receiver how_;
  delivery_limits limits_;
  channel_outbox::guidance_lookup guide_;
  /// Every alarm that the receiver knows, or is to be told of.
  std::unordered_map<uuid, item> items_;
  /// Those that are on disk as they are and wait for their turn.
  std::map<turn, uuid> turns_;
  uint64_t next_turn_ = 0;
  size_t pending_ = 0;
  std::vector<uuid> restored_;
  /// What the channel had been told when it was an ordinary one, and which of that is not in the journal as it is.
  std::unordered_map<uuid, page_mark> as_pages_;
  std::unordered_set<uuid> pages_unwritten_;
  /// Alarms whose record is not on disk as it is.
  std::unordered_set<uuid> unwritten_;
  /// What is left of the round in which all that stands is told again, and when the next one begins.
  std::deque<uuid> round_;
  event_time round_due_ = never;
  bool round_heard_ = false;
  std::set<std::pair<event_time, uuid>> refused_;
  std::vector<told_one> in_hand_;
  outbox_place in_hand_place_;
  event_time next_try_ = never;
  uint32_t failures_ = 0;
  milliseconds not_tried_{0};
};

} // namespace millwright
