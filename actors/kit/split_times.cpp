#include "actors/kit/split_times.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

event_time split_times::time_at(milliseconds at) const {
  event_time then = time;
  milliseconds clock = activity;
  for (auto each = leaps.rbegin(); each != leaps.rend() && at < each->activity; ++each) {
    if (at > each->activity - largest_step)
      return each->time;
    then = each->before;
    clock = each->activity - largest_step;
  }
  return then - (clock - at);
}

void split_times::encode(binary_writer& out) const {
  out.u16(split);
  out.time(time);
  out.svarint(activity.count());
  out.varint(leaps.size());
  for (const auto& each : leaps) {
    out.svarint(each.activity.count());
    out.time(each.before);
    out.time(each.time);
  }
}

bool split_times::decode(binary_reader& in) {
  *this = {};
  split = in.u16();
  time = in.time();
  activity = milliseconds{in.svarint()};
  leaps.resize(in.count(17));
  for (auto& each : leaps) {
    each.activity = milliseconds{in.svarint()};
    each.before = in.time();
    each.time = in.time();
  }
  return in.ok();
}

const split_times* time_passed::of(uint16_t split) const {
  const auto found = std::find_if(splits.begin(), splits.end(), [&](const auto& each) { return each.split == split; });
  return found == splits.end() ? nullptr : &*found;
}

void time_passed::encode(binary_writer& out) const {
  out.time(closing);
  out.time(newest);
  out.varint(splits.size());
  for (const auto& each : splits)
    each.encode(out);
}

bool time_passed::decode(binary_reader& in) {
  *this = {};
  closing = in.time();
  newest = in.time();
  splits.resize(in.count(12));
  for (auto& each : splits)
    if (!each.decode(in))
      return false;
  return in.ok();
}

void time_sum::add(split_times at, bool silent) {
  if (at.time == never) {
    held_ = held_ || !silent;
    return;
  }
  sum_.newest = std::max(sum_.newest, at.time);
  auto& least = silent ? silent_ : sum_.closing;
  least = least == never ? at.time : std::min(least, at.time);
  sum_.splits.push_back(std::move(at));
}

time_passed time_sum::done(bool ended) {
  if (sum_.closing == never)
    sum_.closing = silent_;
  if (held_ && !ended)
    sum_.closing = never;
  return std::move(sum_);
}

} // namespace millwright
