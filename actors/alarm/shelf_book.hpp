#pragma once

#include "protocol/alarm_shelf.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// One place in the journal: what is shelved there now; none: nothing any more.
struct shelf_change {
  alarm_shelf::scope what{};
  condition_key of;
  std::optional<alarm_shelf> shelf;
};

/// What is shelved, by whom and until when. Each shelf ends: at its time, when somebody ends it, after `most` at the
/// latest, and when the clock is set back by more than `clock_slack` behind its beginning (nobody knows then how long
/// it would last). Pure: `now`, the wall clock, is an argument.
class shelf_book {
public:
  using pointer = std::shared_ptr<const alarm_shelf>;
  using key = std::pair<alarm_shelf::scope, condition_key>;

  /// Shelves that there may be at a time.
  static constexpr size_t most_shelves = 10'000;
  static constexpr milliseconds clock_slack{10 * 60'000};

  explicit shelf_book(milliseconds most = milliseconds{7 * 24 * 3'600'000ll}) : most_{most} {}

  milliseconds most() const { return most_; }
  bool full() const { return shelves_.size() >= most_shelves; }
  bool empty() const { return shelves_.empty(); }

  /// As the journal kept it.
  void restore(alarm_shelf x);
  /// In the place of the one that is there of the same.
  void put(alarm_shelf x);
  /// False: there is none.
  bool remove(const key& which);

  /// The one that lasts longest of those that cover it at `now`; null: it is not shelved.
  pointer over(const condition_key& x, event_time now) const;
  /// Those that are called so: a sensor's or unit's id, FACILITY/ID, or the beginning of the id of the alarm that was
  /// shelved. An empty facility or kind: any.
  std::vector<pointer> named(std::string_view name, std::string_view facility, std::string_view kind) const;
  pointer find(const key& which) const;

  /// When the next one ends; `forever`: none does.
  event_time due(event_time now) const;
  /// Takes away those that are over; what they were.
  std::vector<pointer> pass(event_time now);

  /// By their ends, the next one first.
  std::vector<alarm_shelf> all() const;

  /// What has changed since it was last asked for, for the journal.
  std::vector<shelf_change> changes() { return std::exchange(changes_, {}); }

private:
  static key key_of(const alarm_shelf& x) { return {x.what, x.of}; }
  static bool lasts(const alarm_shelf& x, event_time now) { return now < x.until && now >= x.since - clock_slack; }
  void keep(alarm_shelf x);

  milliseconds most_;
  std::map<key, pointer> shelves_;
  std::set<std::pair<event_time, key>> by_end_, by_begin_;
  std::vector<shelf_change> changes_;
};

/// The key of the condition's own shelf.
shelf_book::key shelf_key_of_alarm(const condition_key& x);

} // namespace millwright
