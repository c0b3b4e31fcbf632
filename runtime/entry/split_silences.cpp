#include "runtime/entry/split_silences.hpp"

#include "runtime/entry/driver_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace millwright {

void split_silences::hear(time_point now) {
  for (auto& split : splits_)
    if (std::exchange(split.heard, false))
      split.silence.heard(milliseconds_of(now), split.end.at_end());
}

void split_silences::wake(split_state& split, uint64_t position) {
  decisions_.decide(split,
                    {decision::kind::awake, position, std::to_string(epoch_ms(splits_.smallest_time_but(split)))});
}

void split_silences::stood_still(std::chrono::steady_clock::duration gap) {
  for (auto& split : splits_)
    split.silence.stood_still(std::chrono::duration_cast<milliseconds>(gap));
  away_until_ += gap;
  all_silent_until_ += gap;
}

// A split that has given nothing, while others have, holds back the windows that several feed as long as something of
// it may be on its way: until it is seen to be empty. What comes then is judged by the time of the others, as with one
// that wakes.
bool split_silences::has_nothing_yet(const split_state& split, time_point now) const {
  return splits_.smallest_time_but(split) != never &&
         (split.end.drained(now) || split.silence.silent(milliseconds_of(now), fixed_));
}

bool split_silences::is_silent(const split_state& split, time_point now) const {
  return split.clock.watermark() != never ? split.silence.silent(milliseconds_of(now), fixed_)
                                          : has_nothing_yet(split, now);
}

// What people are told: not what is logged, for that it wakes may have to wait for a disk. What a former run found
// stands until this one has read as far, and heard something behind it.
bool split_silences::is_missed(const split_state& split, time_point now) const {
  if (!split.ahead.empty())
    return split.silent;
  return (split.silent && !split.spoke) || is_silent(split, now);
}

// And until when the node is well without another reading.
void split_silences::look(time_point now, bool away) {
  if (splits_.empty())
    return;
  size_t silent = 0;
  milliseconds longest{0};
  int64_t heard_until = 0;
  for (auto& split : splits_) {
    const auto limit = split.silence.limit(fixed_);
    if (!split.silent && split.ahead.empty() && is_silent(split, now))
      decisions_.decide(split, {decision::kind::silent, split.next, {}});
    silent += is_missed(split, now);
    longest = std::max(longest, limit);
    if (const auto heard = split.silence.last_heard())
      heard_until = std::max(heard_until, *heard + limit.count());
  }
  status_.heard_until = time_point{milliseconds{heard_until}};
  tell(now, silent, longest, away);
}

// A source that is there again gives its splits one after the other, and not all of them at once: each has its time
// anew before it is missed, as has the source itself.
void split_silences::tell(time_point now, size_t silent, milliseconds longest, bool away) {
  // What a former run found stands until this one has read as far, and heard something behind it.
  const auto spoke = [](const split_state& split) { return split.ahead.empty() && split.spoke; };
  const auto back = [&](const std::string& subject, bool heard) {
    if (heard || !own_.is_left(rule::source_silent, subject))
      own_.fine(rule::source_silent, subject, "readings come again");
  };
  // When everything is silent it is the source, and one page says so.
  const std::string all = "every split of " + readings_.identity();
  const bool everything = !away && silent > 1 && silent == splits_.size();
  if (away)
    away_until_ = now;
  if (away || everything)
    all_silent_until_ = now;
  if (everything && now - away_until_ < longest)
    return;
  if (everything)
    own_.wrong(rule::source_silent, all,
               fmt::format("no accepted reading for {} s from any of {} splits with {} sensors", longest.count() / 1000,
                           silent, sensors_.living()));
  else if (!away)
    back(all, std::any_of(splits_.begin(), splits_.end(), spoke));
  for (const auto& split : splits_) {
    // One that never gave anything is missed by nobody.
    if (!is_missed(split, now))
      back(split.name, spoke(split));
    else if (split.clock.watermark() == never)
      continue;
    else if (now - all_silent_until_ >= split.silence.limit(fixed_))
      own_.wrong(rule::source_silent, split.name,
                 fmt::format("no accepted reading for {} s; {} sensors are behind it, last position {}",
                             split.silence.limit(fixed_).count() / 1000, split.sensors, split.newest()));
  }
}

} // namespace millwright
