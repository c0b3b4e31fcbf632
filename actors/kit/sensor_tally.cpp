#include "actors/kit/sensor_tally.hpp"

namespace millwright {

const tally_bounds sensor_tally::no_bounds{};

sensor_tally::sensor_tally(const contribution& first, const tally_bounds& by)
    : context{first.of.context}, type{&first.type}, bounds{&by}, pane{first.pane()}, first_horizon{first.horizon()},
      first_position{first.of.position}, activity_first{first.of.activity}, first_heard{first.split_time()},
      newest_value{first.of.value},
      newest_quality{first.of.quality}, first_{static_cast<uint16_t>((first.of.time - pane).count())}, oldest_{first_},
      newest_{first_}, split_{first.of.split}, active_{static_cast<uint32_t>(step_of(first.of, first_heard).count())},
      hour_{static_cast<uint8_t>(first.of.hour & 31)}, clock_{static_cast<uint8_t>(clock_of(first.of) & 3)},
      stretch_{static_cast<uint8_t>(by.stretch_of(first_horizon - (pane + pane_length)) & 15)},
      first_class_{
          static_cast<uint8_t>((first.of.has_quality() ? by.class_of(first.of.quality) : size_t{no_class}) & 15)} {
  values.add(first.of.value);
  count_quality(first.of.quality);
}

uint32_t sensor_tally::below(double quality) const {
  if (count() == 1)
    return newest_quality < quality ? 1 : 0;
  uint32_t out = 0;
  for (size_t i = bounds->classes_below(quality); i > 0; --i)
    out += by_quality_[i - 1];
  return out;
}

bool sensor_tally::first_below(double quality) const {
  if (count() == 1)
    return newest_quality < quality;
  return first_class_ != no_class && first_class_ < bounds->classes_below(quality);
}

uint32_t sensor_tally::above(double quality) const {
  if (count() == 1)
    return newest_quality > quality ? 1 : 0;
  return qualities.count - below(tally_bounds::next_to(quality));
}

} // namespace millwright
