#pragma once

#include "protocol/alarm.hpp"

#include <map>
#include <span>

namespace millwright {

/// How many of a facility's sensors are in which state, by the alarms that stand. A sensor may be in several.
struct sensor_states {
  /// Outside of what it has learned as normal.
  size_t abnormal = 0;
  /// An alarm about the process stands that somebody is paged for.
  size_t in_alarm = 0;
  size_t stale = 0;
  /// What it says is not to be believed: out of range, of bad quality, stuck.
  size_t bad = 0;
  /// Any of these.
  size_t concerned = 0;

  friend bool operator==(const sensor_states&, const sensor_states&) = default;
};

/// The alarms of a facility's sensors that stand.
class sensors_by_state {
public:
  /// In whatever order the sensors come; of one alarm in its order.
  void take(std::span<const alarm_transition> transitions);

  sensor_states counted() const;
  bool empty() const { return standing_.empty(); }
  /// The earliest raise of those that stand of the worst state; the newest end where none does, `never` before any.
  event_time since() const;

  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

private:
  struct standing {
    sensor_id sensor;
    rule which{};
    bool pages = false;
    event_time raised = never;
  };

  std::map<uuid, standing> standing_;
  event_time ended_ = never;
};

} // namespace millwright
