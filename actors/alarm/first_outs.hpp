#pragma once

#include "protocol/alarm_record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace millwright {

/// When an alarm stands behind another one of its unit.
struct first_out_limits {
  /// What begins at a unit so long after its first alarm, while that stands, is a child of it. 0: nothing is.
  milliseconds within{0};
  /// The children are told so long after the first of them that no message has named ...
  milliseconds after{10'000};
  /// ... and no more often than this.
  milliseconds every{2 * 60'000};
};

/// A pump trips, and within minutes all that its unit has follows. What people need is the alarm that was first; it is
/// called first-out. This knows, of what the records say, which alarms are, and who stands behind them and has not been
/// told of; the book does the rest, which changes the records. So a restart finds what was there. Pure; `now` is the
/// wall clock.
///
/// First is who begins first (alarm_record::onset), whatever was raised first. A first-out is an alarm that has paged
/// by itself, stands, and that nobody has acknowledged or shelved; and that stands behind none itself.
class first_outs {
public:
  explicit first_outs(first_out_limits limits) : limits_{limits} {}

  const first_out_limits& limits() const { return limits_; }

  /// Whether an alarm of the one rule may stand behind one of the other: a limit behind what was learned of a sensor,
  /// or what is wrong with an instrument, never does.
  static bool may_follow(rule child, rule first);
  /// A machine's alarm: one of a sensor, by a rule that sensors judge.
  static bool concerns(const condition_key& x) { return x.which < first_node_rule && !x.sensor.empty(); }

  /// A record is known from now on, or no more.
  void add(const alarm_record& x);
  void remove(const alarm_record& x);

  /// Behind which first-out an alarm would stand, by its onset: of several the one that began first.
  std::optional<uuid> ahead_of(const alarm_record& x) const;

  struct family {
    uuid first;
    /// The message about earlier children that goes on; none: there is none.
    std::optional<uuid> group;
    /// All that no message has named, over or not.
    std::vector<uuid> children;
  };
  /// Children whose first-out is none any more, and of which one at least stands.
  std::optional<family> orphaned() const;
  /// Children that are to be told of at `now`.
  std::optional<family> due_family(event_time now) const;
  /// When to ask; `forever`: nobody waits.
  event_time due(event_time now) const;
  /// Children that no message has named.
  size_t waiting() const { return waiting_; }

private:
  struct told_group {
    event_time told = never;
    bool open = false;
  };
  struct children {
    std::set<std::pair<event_time, uuid>> by_since;
    size_t standing = 0;
    std::map<uuid, told_group> groups;
    event_time due = forever;
  };
  using unit_key = std::pair<facility_id, std::string>;

  static unit_key unit_of(const condition_key& x);
  static bool is_first(const alarm_record& x);
  family family_of(const uuid& first, const children& x) const;
  void look(const uuid& first);
  event_time told_last(const children& x) const;

  first_out_limits limits_;
  std::map<unit_key, std::set<std::tuple<event_time, uuid, rule>>> firsts_;
  std::set<uuid> standing_;
  std::unordered_map<uuid, children> families_;
  std::set<uuid> orphaned_;
  std::set<std::pair<event_time, uuid>> by_due_;
  size_t waiting_ = 0;
};

} // namespace millwright
