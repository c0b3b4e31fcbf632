#pragma once

#include "protocol/alarm_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace millwright {

/// When alerts become one page.
struct group_limits {
  /// An alert of a rule that is grouped is held for so long.
  milliseconds wait{10'000};
  /// So many of a unit, else of a line, else of a facility are one page. 0: none are.
  uint32_t least = 5;
  /// A group that grows tells so this long after it told last, at the earliest.
  milliseconds update_every{5 * 60'000};
  /// It takes in what comes so long after it told last; what comes later is no part of that storm.
  milliseconds open_for{60 * 60'000};
  /// What is older is old news, which the digest gathers.
  milliseconds told_late{15 * 60'000};
};

/// What a group stands for. Lines are a facility's: of two facilities with a line "A" each has its own.
struct group_scope {
  enum class size : uint8_t { unit, line, facility };
  rule which{};
  facility_id facility;
  size level{};
  /// Of the unit, or of the line; empty for a facility.
  std::string name;

  friend auto operator<=>(const group_scope&, const group_scope&) = default;
};

group_scope scope_of_group(const alarm_transition& x);

/// A standstill, a holiday, a gateway that fails: hundreds of sensors have an alarm within seconds, for one reason. By
/// the rules that see such (state, stale) alerts are held for some seconds, and those of a unit, a line or a facility
/// become one page. This knows, of what the records say, who is held and which groups there are, and says what is to be
/// done next; the book does it, which changes the records. So a restart finds what was there. Pure; `now` is the wall
/// clock.
class page_groups {
public:
  explicit page_groups(group_limits limits) : limits_{limits} {}

  /// Whether an alert is held. One that is critical waits for nobody.
  bool gathers(const alarm_transition& x) const {
    return limits_.least > 0 && (x.condition.which == rule::state || x.condition.which == rule::stale) &&
           !x.condition.sensor.empty() && x.level < severity::critical;
  }
  bool old_news(const alarm_transition& x, event_time now) const { return !x.fresh && now - x.at > limits_.told_late; }
  const group_limits& limits() const { return limits_; }

  /// A record is known from now on, or no more.
  void add(const alarm_record& x);
  void remove(const alarm_record& x);

  struct step {
    /// `alone`: the alert goes by itself. `form`: they are a group now. `join`: they belong to `group`, which tells so
    /// in time. `update`: it tells of `alarms` now. `end`, `reopen`: none of its alarms stands any more, or one does.
    enum class what : uint8_t { alone, form, join, update, end, reopen };
    what is{};
    group_scope scope;
    uuid group;
    std::vector<uuid> alarms;
  };

  /// When to ask `next`; `forever`: nothing waits.
  event_time due(event_time now) const;
  /// What is to be done at `now`, before anything else is asked.
  std::optional<step> next(event_time now) const;

  size_t held() const { return held_.size(); }

private:
  struct held_alert {
    rule which{};
    facility_id facility;
    std::string line, unit;
    bool has_unit = false;
    event_time since, until, at;
    bool fresh = false;
  };
  struct group {
    bool known = false, ended = false;
    group_scope scope;
    event_time told = never;
    /// How many of its alarms stand.
    size_t standing = 0;
    /// Who joined and has not been told of.
    std::set<uuid> waiting;
  };
  using by_unit = std::map<std::string, std::set<uuid>>;
  using by_line = std::map<std::string, by_unit>;

  /// What is held for others of its kind.
  static bool gathered(const alarm_record& x) { return x.held && !x.held_back && !x.is_child(); }
  static held_alert held_of(const alarm_record& x);
  step decide(const uuid& alarm, const held_alert& x, event_time now) const;
  std::optional<uuid> open_group(const group_scope& scope, event_time now) const;
  size_t messages(const by_unit& units) const;
  size_t messages(const by_line& lines) const;
  void look(const uuid& id, const group& x);
  event_time update_due(const group& x) const { return x.told + limits_.update_every; }

  group_limits limits_;
  std::unordered_map<uuid, held_alert> held_;
  std::set<std::tuple<event_time, event_time, uuid>> by_due_;
  std::map<std::pair<rule, facility_id>, by_line> places_;
  std::unordered_map<uuid, group> groups_;
  std::map<group_scope, std::set<uuid>> by_scope_;
  /// Over and not told so, or told as over and not so.
  std::set<uuid> turned_;
  /// By when it is told that they grew.
  std::set<std::pair<event_time, uuid>> growing_;
};

} // namespace millwright
