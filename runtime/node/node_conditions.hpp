#pragma once

#include "protocol/alarm.hpp"
#include "protocol/detection_settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace millwright {

/// Conditions of the node itself: a silent split, bad input, a failing ledger. Pure; times are the wall clock's, for
/// there may be no reading to tell the time.
class node_conditions {
public:
  explicit node_conditions(const detection_settings& settings) : settings_{&settings} {}

  /// `subject` (a split, a sensor, a path) has come to be wrong, for `reason`. None if it is known to be.
  std::optional<alarm_transition> raise(rule which, const std::string& subject, event_time at, std::string reason);

  /// It is over. None if nothing was wrong.
  std::optional<alarm_transition> clear(rule which, const std::string& subject, event_time at, std::string reason);

  bool active(rule which, const std::string& subject) const;

  /// An alarm that a former run of this node left active, as the router knows it.
  void restore(rule which, const std::string& subject, const uuid& alarm, uint32_t number, event_time raised_at);

private:
  struct condition {
    uint32_t raises = 0;
    bool active = false;
    uuid alarm;
    uint32_t number = 0;
    event_time raised_at;
  };

  alarm_transition step(rule which, const std::string& subject, condition& state, transition_kind kind, event_time at,
                        std::string reason) const;

  const detection_settings* settings_;
  std::map<std::pair<rule, std::string>, condition> conditions_;
};

} // namespace millwright
