#pragma once

#include "protocol/page.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// A message that wanted somebody to act: once, over however many channels it went.
struct told_alert {
  condition_key condition;
  event_time at;
  severity level{};
  uuid alarm;
  std::set<std::string> channels;
};

/// One alarm from its raise to its end, as far as it is known.
struct alarm_life {
  condition_key condition;
  event_time raised = forever;
  /// `forever`: it stands.
  event_time ended = forever;
  /// Each raise and reopening.
  std::vector<event_time> raises;
  /// Somebody heard of it, by itself or as one of a group.
  bool told = false;
  /// When that was first, by its own time; `forever`: never.
  event_time sounded = forever;
};

/// "main/TI-101"; of what has no sensor its unit, else its facility, else "the node".
std::string place_of(const std::string& facility, const std::string& sensor, const std::string& unit);
std::string place_of(const condition_key& x);
/// "2026-11-21T10"
std::string hour_of(event_time at);

/// What alarms did and what people heard of them, collected for figures: of a replay, or of what a node has recorded.
/// One thread.
class alarm_history {
public:
  /// In the order of time. The same one again changes nothing.
  void take(const alarm_transition& x);
  /// Only alerts count. What goes over another channel under the same number is the same page.
  void tell(const page& x);
  /// A group pages in its place.
  void tell_by_group(const alarm_transition& x);
  /// Raised, and nobody is told: of such there may be millions, so they are only counted.
  void show(const condition_key& condition, event_time raised);
  /// A message that stands for many alarms that are old news.
  void tell_digest() { ++digests_; }
  /// Something was recorded at that time.
  void seen(event_time at);

  /// In order of time.
  std::vector<const told_alert*> pages() const;
  const std::map<uuid, alarm_life>& alarms() const { return alarms_; }
  /// What was only shown, by rule, hour and place.
  const std::map<std::string, uint64_t>& shown_by_rule() const { return shown_by_rule_; }
  const std::map<std::string, uint64_t>& shown_by_hour() const { return shown_by_hour_; }
  const std::map<std::string, uint64_t>& shown_by_sensor() const { return shown_by_sensor_; }
  uint64_t digests() const { return digests_; }
  /// From the first to the last that was seen; `never`: nothing was.
  event_time from() const { return from_ == forever ? never : from_; }
  event_time to() const { return to_; }
  bool empty() const { return to_ == never; }

private:
  alarm_life& life_of(const alarm_transition& x);

  std::map<uuid, alarm_life> alarms_;
  /// By alarm and number.
  std::map<std::pair<uuid, uint32_t>, told_alert> pages_;
  std::map<uuid, uint32_t> last_numbers_;
  std::map<std::string, uint64_t> shown_by_rule_, shown_by_hour_, shown_by_sensor_;
  uint64_t digests_ = 0;
  event_time from_ = forever, to_ = never;
};

} // namespace millwright
