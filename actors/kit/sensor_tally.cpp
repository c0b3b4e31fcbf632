#include "actors/kit/sensor_tally.hpp"

namespace millwright {

const tally_bounds sensor_tally::no_bounds{};

sensor_tally::sensor_tally(const contribution& first, const tally_bounds& by)
    : context{first.of.context}, type{&first.type}, bounds{&by}, pane{first.pane()}, first_horizon{first.horizon()},
      first_position{first.of.position}, activity_first{first.of.activity}, activity_last{first.of.activity},
      type_index{first.of.type}, split{first.of.split}, hour{first.of.hour}, clock{static_cast<uint8_t>(first.of.flags &
                                                                                                        clock_flags)},
      first_time{first.of.time}, first_heard{first.split_time()}, heard_least{first_heard}, heard_most{first_heard},
      first_quality{first.of.quality}, oldest{first.of.time}, newest{first.of.time}, newest_position{first.of.position},
      newest_value{first.of.value}, newest_quality{first.of.quality} {
  const event_time end = pane + pane_length;
  const auto stretch = by.stretch_at(first_horizon - end);
  horizon_from = end + stretch.from;
  horizon_until = end + stretch.until;
  activity_last += step_of(first.of, first_heard);
  values.add(first.of.value);
  count_quality(first.of.quality);
}

uint32_t sensor_tally::below(double quality) const {
  if (count() == 1)
    return first_quality < quality ? 1 : 0;
  uint32_t out = 0;
  for (size_t i = bounds->classes_below(quality); i > 0; --i)
    out += by_quality_[i - 1];
  return out;
}

uint32_t sensor_tally::above(double quality) const {
  if (count() == 1)
    return first_quality > quality ? 1 : 0;
  return qualities.count - below(tally_bounds::next_to(quality));
}

} // namespace millwright
