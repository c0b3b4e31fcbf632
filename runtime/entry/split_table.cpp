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

// Silent splits keep nobody from closing windows. One that has given nothing yet does: what it will give may be as old
// as what the others gave.
time_passed split_table::time_now(bool ended) const {
  time_passed out;
  bool held = false;
  for (const auto& split : all_) {
    const auto time = split.clock.watermark();
    if (time == never) {
      held = held || !split.silent;
      continue;
    }
    out.splits.push_back({number_of(split), time, split.clock.activity(), split.clock.leaps()});
    out.newest = std::max(out.newest, time);
    if (!split.silent)
      out.closing = out.closing == never ? time : std::min(out.closing, time);
  }
  // All of them silent: what they have come to is all that there is.
  if (out.closing == never)
    for (const auto& each : out.splits)
      out.closing = out.closing == never ? each.time : std::min(out.closing, each.time);
  if (held && !ended)
    out.closing = never;
  return out;
}

event_time split_table::newest_time() const {
  event_time newest = never;
  for (const auto& each : all_)
    newest = std::max(newest, each.clock.watermark());
  return newest;
}

} // namespace millwright
