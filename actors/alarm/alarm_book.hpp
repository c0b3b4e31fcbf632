#pragma once

#include "actors/alarm/routes.hpp"
#include "protocol/alarm_record.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// How long the book remembers.
struct alarm_book_limits {
  /// Finished alarms leave this long after their last change.
  milliseconds retention{30 * 24 * 3'600'000ll};
  /// Alarms kept at most; above it finished ones leave early, oldest first, then cleared ones that nobody acknowledged.
  size_t most = 200'000;
};

/// Owners and routers lose contact, crash and repeat themselves; people must get each alarm once all the same. The
/// book takes each (alarm, number) once, keeps the state of every alarm (active, cleared or adapted; acknowledged or
/// not), and decides who hears of it. It knows no clock and does no I/O: `now`, the wall clock, is an argument and
/// decides nothing but how long an alarm is kept.
class alarm_book {
public:
  explicit alarm_book(routes ways, alarm_book_limits limits = {}) : ways_{std::move(ways)}, limits_{limits} {}

  /// What came of one transition.
  struct decision {
    /// False: taken before.
    bool taken = false;
    uuid alarm;
    std::vector<page> pages;
  };

  struct acknowledgement {
    enum class answer { acknowledged, already_acknowledged, unknown, ambiguous };
    answer result{};
    uuid alarm;
  };

  struct counters {
    uint64_t taken = 0, repeated = 0;
    /// Numbers that were left out by an owner.
    uint64_t gaps = 0;
    uint64_t not_repeated = 0;
    uint64_t alerts = 0, notices = 0;
  };

  /// An alarm as the journal kept it. What it took beyond the commit is expected again (see `split_committed`).
  void restore(alarm_record record);

  decision take(const alarm_transition& x, event_time now);

  /// @param id a full id or any beginning of one, of at least one digit; dashes may be left out.
  acknowledgement acknowledge(std::string_view id, std::string_view by, event_time now);

  /// The ledger's commit covers every position before `position`, as of the start.
  void split_started(uint16_t split, uint64_t position);

  /// As `split_started`, later on. Clears the alarms whose transitions the replay has passed without repeating them.
  std::vector<decision> split_committed(uint16_t split, uint64_t position, event_time now);

  /// Clears the active conditions of the node itself (a silent source, say): after a restart they are judged anew.
  std::vector<decision> clear_node_conditions(std::string_view reason, event_time now);

  /// Forgets what has been finished for longer than the retention; the ids of those that left.
  std::vector<uuid> tidy(event_time now);

  const alarm_record* find(const uuid& alarm) const;
  /// Active before cleared, unacknowledged before acknowledged, then by priority and age, newest first.
  std::vector<const alarm_record*> list(size_t limit, bool only_active) const;

  size_t size() const { return records_.size(); }
  size_t active() const;
  size_t unacknowledged() const;
  const counters& counted() const { return counters_; }
  const routes& ways() const { return ways_; }

private:
  void apply(alarm_record& record, const alarm_transition& x, event_time now, decision& out);
  void decide(alarm_record& record, const alarm_transition& x, bool was_chattering, decision& out);
  void send_to(const std::vector<channel_name>& channels, page_kind kind, const alarm_transition& x, decision& out);
  decision clear_for(alarm_record& record, std::string_view reason, event_time now);

  routes ways_;
  alarm_book_limits limits_;
  std::map<uuid, alarm_record> records_;
  /// split -> position -> alarm: what is taken but not committed.
  std::map<uint16_t, std::multimap<uint64_t, uuid>> uncommitted_;
  counters counters_;
};

} // namespace millwright
