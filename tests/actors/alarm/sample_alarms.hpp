#pragma once

#include "protocol/alarm.hpp"

#include <string>

namespace millwright::testing {

inline constexpr event_time start = from_epoch_ms(1'800'000'000'000);

inline std::string numbered(std::string name, int number) {
  return name.append(std::to_string(number));
}

inline alarm_transition transition(const std::string& sensor, uint32_t number, transition_kind kind,
                                   uint64_t position = 10) {
  alarm_transition x;
  x.condition = {{"main"}, {sensor}, {"reactor-1"}, rule::limit};
  x.alarm = alarm_id_of(x.condition, start, 1);
  x.number = number;
  x.kind = kind;
  x.at = start + milliseconds{1000 * number};
  x.raised_at = start;
  x.level = severity::high;
  x.priority = 85;
  x.value = 98.25;
  x.evidence.previous = 90.5;
  x.evidence.limit = 95;
  x.evidence.unit = "degC";
  x.evidence.facility_name = "Main Works";
  x.evidence.timezone = "Europe/Berlin";
  x.pages = kind == transition_kind::raised;
  x.position = position;
  return x;
}

inline alarm_transition raise(const std::string& sensor, uint64_t position = 10) {
  return transition(sensor, 1, transition_kind::raised, position);
}

inline alarm_transition clear(const std::string& sensor, uint32_t number, uint64_t position = 20) {
  auto x = transition(sensor, number, transition_kind::cleared, position);
  x.reason = "back inside";
  return x;
}

} // namespace millwright::testing
