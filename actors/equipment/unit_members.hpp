#pragma once

#include "actors/equipment/unit_part.hpp"
#include "actors/kit/seldom.hpp"
#include "actors/kit/sensor_score.hpp"
#include "protocol/alarm.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace millwright {

/// What is wrong with a sensor: raised, neither cleared nor adapted.
struct standing_condition {
  event_time since = never;
  rule which{};
  severity level{};
  bool pages = false;

  friend bool operator==(const standing_condition&, const standing_condition&) = default;
};

/// What a health model said of a sensor's last reading.
struct member_score {
  /// Of the reading; `never`: there is no score.
  event_time at = never;
  double value = absent;
  risk_level risk = risk_level::normal;
  bool maintenance_recommended = false;
  bool extrapolated = false;

  bool known() const { return at != never; }
  friend bool operator==(const member_score&, const member_score&) = default;
};

/// A sensor of a unit, as the unit knows it. There is one a sensor: what most of them do not have is apart.
class unit_member {
public:
  sensor_news news;

  std::span<const standing_condition> standing() const;
  const member_score& score() const;
  /// What stands of it from here on.
  void set_standing(std::vector<standing_condition> now);
  /// In place of what stood of that rule.
  void stands(const standing_condition& x);
  void ended(rule which);
  void set_score(const member_score& x);
  size_t heap_bytes() const;

  const standing_condition* has(rule which) const;
  /// It has left its learned range (semantics 11).
  bool abnormal() const { return has(rule::state) != nullptr; }
  /// Something stands of which somebody should hear.
  bool in_alarm() const;
  /// What is measured cannot be trusted, or is not measured at all.
  bool doubtful() const;
  severity worst() const;

private:
  struct trouble {
    std::vector<standing_condition> standing;
    member_score score;
  };

  void drop_nothing();

  seldom<trouble> apart_;
};
static_assert(sizeof(unit_member) <= 96, "there is one a sensor");

/// Rules that speak of the instrument rather than of the machine.
constexpr bool of_instrument(rule which) {
  return which == rule::stale || which == rule::bad_quality || which == rule::range || which == rule::stuck;
}

/// The sensors of a unit: those that it heard of, until they move to another unit or are silent for long.
class unit_members {
public:
  /// @param news of a type that is an index into the unit's own.
  void take(const sensor_news& news);
  /// Of a sensor of this unit. What is raised makes a sensor known; acknowledgements and groups are passed over.
  /// @param type of the sensor, for one that was not known.
  void heard(const alarm_transition& x, uint16_t type);
  /// The newest of a sensor's counts; of one that is not known nothing is kept.
  void scored(const sensor_score& x);
  /// A sensor whose last reading has no score has none: a score is never older than what it speaks of.
  void drop_old_scores();
  /// The metadata give the sensor to another unit, or to none: what stands of it is no concern of this one any more.
  bool left(std::string_view sensor);
  /// Those that were last heard at or before `latest` leave; whether there were any.
  bool forget(event_time latest);

  std::span<const unit_member> all() const { return members_; }
  /// Worst first: by severity, then name.
  std::vector<const unit_member*> by_trouble() const;
  /// Of those that have a score, the one with the smallest; of equal ones the first by name. Null: none has.
  const unit_member* worst_scored() const;
  /// The first time that any of those that are left was heard; `never` without any.
  event_time first_heard() const;

  size_t heap_bytes() const;
  void encode(binary_writer& out) const;
  /// @param types how many the unit knows. @param with_scores false for what was stored before there were any.
  bool decode(binary_reader& in, size_t types, bool with_scores = true);

private:
  unit_member* member(std::string_view sensor);

  /// By name.
  std::vector<unit_member> members_;
};

} // namespace millwright
