#pragma once

#include "protocol/alarm_record.hpp"
#include "protocol/detection_settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Conditions of the node itself: a silent split, bad input, a failing ledger. They reopen and chatter as a sensor's do
/// (semantics 8), and a restart ends none. Pure; times are the wall clock's, for there may be no reading to tell the
/// time.
class node_conditions {
public:
  explicit node_conditions(const detection_settings& settings) : settings_{&settings} {}

  /// `subject` (a split, a sensor, a path) has come to be wrong, for `reason`. None if it is known to be.
  std::optional<alarm_transition> raise(rule which, const std::string& subject, event_time at, std::string reason);

  /// As raise(); where it is known to be wrong for another reason, the reason is told anew, at most once a minute.
  std::optional<alarm_transition> update(rule which, const std::string& subject, event_time at, std::string reason);

  /// It is over. None if nothing was wrong, or where it chatters: then it is held for a while, see due().
  std::optional<alarm_transition> clear(rule which, const std::string& subject, event_time at, std::string reason);

  /// Something that happened: over `lasts` after it was raised, without being cleared.
  std::optional<alarm_transition> happened(rule which, const std::string& subject, event_time at, std::string reason,
                                           milliseconds lasts);

  /// What was held, or only happened, and is over by `now`; the ends of what restore() found twice.
  std::vector<alarm_transition> due(event_time now);

  bool active(rule which, const std::string& subject) const;
  /// Of a rule, the subjects that a former run left active and that this one has not judged yet.
  std::vector<std::string> left(rule which) const;
  bool is_left(rule which, const std::string& subject) const;

  /// What a former run left as something that happened, with subjects that begin so: over `lasts` after it was raised,
  /// and not to be judged.
  void happened_before(rule which, std::string_view subjects, milliseconds lasts);

  /// An alarm of a former run of this node, as the router knows it: judged on, if it stands, and reopened by a raise
  /// soon after it was over. Of several of one condition one that stands counts, else the
  /// newest.
  void restore(const alarm_record& known);

private:
  struct condition {
    uint32_t raises = 0, number = 0;
    bool active = false, chattering = false, paged = false, restored = false;
    uuid alarm;
    event_time raised_at = never, ended_at = never, told_at = never;
    /// It ends then by itself.
    event_time ends_at = forever;
    std::string reason, end_reason;
    /// The newest raises, reopenings included.
    std::vector<event_time> recent;
  };

  std::optional<alarm_transition> begin(rule which, const std::string& subject, event_time at, std::string reason);
  alarm_transition end(rule which, const std::string& subject, condition& state, event_time at, std::string reason);
  alarm_transition step(rule which, const std::string& subject, condition& state, transition_kind kind, event_time at,
                        std::string reason) const;

  const detection_settings* settings_;
  std::map<std::pair<rule, std::string>, condition> conditions_;
  /// Those that stand beside another alarm of the same condition.
  std::vector<std::pair<std::pair<rule, std::string>, condition>> doubled_;
};

} // namespace millwright
