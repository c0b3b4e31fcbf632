#pragma once

#include "runtime/figures/alarm_history.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

namespace millwright::testing {

/// One step of a sensor's alarm, raised at `raised`.
inline alarm_transition step(const std::string& sensor, uint32_t number, transition_kind kind, event_time raised,
                             event_time at) {
  auto x = transition(sensor, number, kind);
  x.at = at;
  x.raised_at = raised;
  x.alarm = alarm_id_of(x.condition, raised, 1);
  return x;
}

/// A raise that pages on `channels`, over after `lasts` (0: it stands).
inline void page_of(alarm_history& history, const std::string& sensor, event_time raised, milliseconds lasts,
                    const std::vector<std::string>& channels = {"mail"}, severity level = severity::high) {
  auto x = step(sensor, 1, transition_kind::raised, raised, raised);
  x.level = level;
  history.take(x);
  for (const auto& channel : channels)
    history.tell({{channel}, page_kind::alert, x});
  if (lasts.count() > 0)
    history.take(step(sensor, 2, transition_kind::cleared, raised, raised + lasts));
}

} // namespace millwright::testing
