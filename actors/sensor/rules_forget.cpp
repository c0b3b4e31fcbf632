#include "actors/sensor/rules.hpp"

namespace millwright {

void sensor_rules::tell_again(std::string_view reason, const sensor_context& context, uint16_t split, uint64_t position,
                              sensor_output& out) const {
  conditions_.tell_again(reason, {*book_, context, type(), split, position, out, last_value_, previous_value_});
}

void sensor_rules::forget(event_time at, std::string_view reason, const sensor_context& context, uint16_t split,
                          uint64_t position, sensor_output& out) {
  const occasion when{*book_, context, type(), split, position, out, last_value_, previous_value_};
  for (int i = 0; i < rule_count; ++i)
    if (const auto which = static_cast<rule>(i); conditions_.active(which))
      conditions_.end(*conditions_.find(which), transition_kind::cleared, at, reason, when);
}

} // namespace millwright
