#include "runtime/entry/reading_stamps.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr int64_t lately_ms = 600'000;

} // namespace

// No position is read without an entry: the one that is on its way, or a new one. Seldom: as a rule it is there before.
void reading_stamps::enter_bound(split_state& split, uint64_t position) {
  if (split.bound.waits()) {
    decisions_.wait();
    if (split.bound.reach(position))
      return;
  }
  if (!split.bound.waits())
    decisions_.log_bound(split, split.bound.make(position, clock_is_behind(split)));
  if (!split.bound.reach(position))
    split.bound.follow_clock();
}

void reading_stamps::polled(std::chrono::steady_clock::time_point now) {
  clock_.polled(now);
  if (!live_)
    return;
  decisions_.collect();
  for (size_t i = 0; i < splits_.size(); ++i) {
    auto& split = splits_[i];
    const auto waiting = readings_.waiting(static_cast<uint16_t>(i));
    split.end.polled(now, waiting);
    if (recorded_)
      continue;
    split.bound.tick(clock_.wall());
    split.bound.progress(milliseconds_of(now), split.next, waiting, split.end.at_end());
    if (const auto from = split.bound.due(split.next); from && decisions_.can_write_ahead())
      decisions_.write_bound(split, split.bound.make(*from, clock_is_behind(split)));
  }
}

// Only where every reading for long was beyond the bound: then all its sensors are looked at, once an entry.
bool reading_stamps::clock_is_behind(const split_state& split) const {
  if (!split.bound.all_beyond())
    return false;
  const auto since = clock_.seconds_of(split.bound.stretch_ms());
  const auto now = clock_.second();
  const auto lately = now > lately_ms / 1000 ? now - static_cast<uint32_t>(lately_ms / 1000) : 1;
  const auto number = splits_.number_of(split);
  for (uint32_t slot = 0; slot < sensors_.size(); ++slot) {
    const auto& entry = sensors_[slot];
    if (entry.has_split && entry.split == number && entry.spoke >= lately && entry.spoke < since)
      return false;
  }
  return true;
}

bool reading_stamps::may_commit() const {
  return decisions_.settled() && std::all_of(splits_.begin(), splits_.end(), [](const auto& each) {
           return !each.beginning && each.bound.may_commit(each.next);
         });
}

} // namespace millwright
