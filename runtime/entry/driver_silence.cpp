#include "runtime/entry/driver.hpp"

#include <fmt/format.h>

#include <algorithm>

// Which splits are silent, and who is told.

namespace millwright {

// Behind each poll: which splits gave something, and until when the node is well without another reading.
void driver::hear(steady::time_point now) {
  for (auto& split : splits_)
    if (std::exchange(split.heard, false))
      split.silence.heard(milliseconds_of(now), split.end.at_end());
}

event_time driver::smallest_time_but(const split_state& own) const {
  event_time smallest = never;
  for (const auto& each : splits_)
    if (&each != &own && !each.silent && each.clock.watermark() != never)
      smallest = smallest == never ? each.clock.watermark() : std::min(smallest, each.clock.watermark());
  return smallest;
}

// A split that has given nothing, while others have, holds back the windows that several feed as long as something of
// it may be on its way: until it is seen to be empty. What comes then is judged by the time of the others, as with one
// that wakes.
bool driver::has_nothing_yet(const split_state& split, steady::time_point now,
                             const std::optional<milliseconds>& fixed) const {
  return smallest_time_but(split) != never &&
         (split.end.drained(now) || split.silence.silent(milliseconds_of(now), fixed));
}

void driver::look_at_silence(steady::time_point now) {
  if (splits_.empty())
    return;
  const auto now_ms = milliseconds_of(now);
  const auto set = parts_.settings.source_silent_after;
  const auto fixed = set.count() > 0 ? std::optional{set} : std::nullopt;
  size_t silent = 0;
  milliseconds longest{0};
  int64_t heard_until = 0;
  for (auto& split : splits_) {
    const auto limit = split.silence.limit(fixed);
    if (!split.silent && split.ahead.empty() &&
        (split.clock.watermark() != never ? split.silence.silent(now_ms, fixed) : has_nothing_yet(split, now, fixed)))
      decide(split, {decision::kind::silent, split.next, {}});
    silent += split.silent;
    longest = std::max(longest, limit);
    if (const auto heard = split.silence.last_heard())
      heard_until = std::max(heard_until, *heard + limit.count());
  }
  parts_.status.heard_until = steady::time_point{milliseconds{heard_until}};
  // What a former run found stands until this one has read as far, and heard something.
  const auto spoke = [](const split_state& split) { return split.ahead.empty() && split.silence.last_heard(); };
  const auto back = [&](const std::string& subject, bool heard) {
    if (heard || !conditions_.is_left(rule::source_silent, subject))
      fine(rule::source_silent, subject, "readings come again");
  };
  // When everything is silent it is the source, and one page says so.
  const std::string all = "every split of " + parts_.readings.identity();
  // Of a source that is away nothing can come: look_at_reach tells that.
  const bool away = reach_ && reach_->away();
  const bool everything = !away && silent > 1 && silent == splits_.size();
  if (everything)
    wrong(rule::source_silent, all,
          fmt::format("no accepted reading for {} s from any of {} splits with {} sensors", longest.count() / 1000,
                      silent, parts_.keeper.sensors().living()));
  else if (!away)
    back(all, std::any_of(splits_.begin(), splits_.end(), spoke));
  for (const auto& split : splits_) {
    // One that never gave anything is missed by nobody.
    if (!split.silent)
      back(split.name, spoke(split));
    else if (split.clock.watermark() == never)
      continue;
    else if (!everything && !away)
      wrong(rule::source_silent, split.name,
            fmt::format("no accepted reading for {} s; {} sensors are behind it, last position {}",
                        split.silence.limit(fixed).count() / 1000, split.sensors,
                        split.next == 0 ? 0 : split.next - 1));
  }
}

} // namespace millwright
