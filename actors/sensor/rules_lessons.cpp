#include "actors/sensor/rules.hpp"

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

} // namespace millwright
