#include "actors/sensor/rules.hpp"
#include "protocol/alarm_reasons.hpp"

namespace millwright {

lessons sensor_rules::learned() const {
  lessons out;
  out.first = state_.first();
  out.last = clock_.newest();
  out.normal_range = state_.learned();
  return out;
}

// What stays: the state rule's normal ranges and novelty's habits, mean and variance, usual intervals and steps, the
// type.
void sensor_rules::end_lessons() {
  clock_ = {};
  last_time_ = run_start_ = never;
  last_value_ = previous_value_ = run_value_ = absent;
  conditions_ = {};
  mode_.reset();
  state_.end_lessons();
  run_count_ = 0;
  z_votes_ = out_of_range_ = in_range_ = outside_ = 0;
  too_fast_ = 0;
  silence_noticed_ = silence_paged_ = run_noticed_ = state_noticed_ = low_side_ = false;
}

// What stays: how often it reports, the readings of the last minutes, and all that its metadata say.
void sensor_rules::learn_anew(milliseconds activity, const sensor_context& context, uint16_t split, uint64_t position,
                              sensor_output& out) {
  const occasion when{*book_, context, type(), split, position, out, last_value_, previous_value_};
  for (const auto which : {rule::state, rule::novelty})
    if (conditions_.active(which))
      conditions_.end(*conditions_.find(which), transition_kind::cleared, clock_.now(split, activity),
                      alarm_reason::learns_anew, when);
  state_.learn_anew();
  novelty_ = {};
  state_noticed_ = false;
}

} // namespace millwright
