#include "runtime/entry/split_table.hpp"

#include <algorithm>

namespace millwright {

event_time split_table::smallest_time_but(const split_state& own) const {
  event_time smallest = never;
  for (const auto& each : all_)
    if (&each != &own && !each.silent && each.clock.watermark() != never)
      smallest = smallest == never ? each.clock.watermark() : std::min(smallest, each.clock.watermark());
  return smallest;
}

time_passed split_table::time_now(bool ended) const {
  time_sum sum;
  for (const auto& split : all_)
    sum.add({number_of(split), split.clock.watermark(), split.clock.activity(), split.clock.leaps()}, split.silent);
  return sum.done(ended);
}

bool split_table::said_is_ahead() const {
  return std::any_of(all_.begin(), all_.end(), [](const split_state& split) {
    return std::any_of(split.ahead.begin(), split.ahead.end(), [](const decision& each) { return each.said(); });
  });
}

event_time split_table::newest_time() const {
  event_time newest = never;
  for (const auto& each : all_)
    newest = std::max(newest, each.clock.watermark());
  return newest;
}

} // namespace millwright
