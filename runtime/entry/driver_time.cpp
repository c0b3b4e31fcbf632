#include "runtime/entry/driver.hpp"

#include <algorithm>

// How the driver stamps a reading by its split's clock, and keeps bounds in the log ahead of their positions.

namespace millwright {

namespace {

constexpr int64_t lately_ms = 600'000;

} // namespace

split_clock::stamp driver::stamp(split_state& split, const raw_record& record, const sensor_key& key, event_time time) {
  if (record.arrival)
    return split.clock.take_live(time, *record.arrival + split_clock::arrival_tolerance,
                                 *record.arrival + split_clock::far);
  if (recorded_)
    return split.clock.take_replayed(key, time);
  if (!split.bound.reach(record.position))
    enter_bound(split, record.position);
  const auto bound = split.bound.bound();
  split.bound.took(time);
  return split.clock.take_live(time, bound, bound + split_clock::far);
}

// No position is read without an entry: the one that is on its way, or a new one. Seldom: as a rule it is there before.
void driver::enter_bound(split_state& split, uint64_t position) {
  if (split.bound.waits()) {
    writer_->wait();
    collect_written();
    if (split.bound.reach(position))
      return;
  }
  const auto entry = split.bound.make(position, clock_is_behind(split));
  if (decide(split, {decision::kind::bound, position, entry.content()}) && split.bound.reach(position))
    return;
  split.bound.follow_clock();
}

// Every poll: what is read next is read by what the clock is now.
void driver::look_at_clocks(steady::time_point now) {
  wall_ = wall_now();
  spoke_now_ = seconds_of(milliseconds_of(now));
  if (!live_)
    return;
  collect_written();
  for (size_t i = 0; i < splits_.size(); ++i) {
    auto& split = splits_[i];
    const auto number = static_cast<uint16_t>(i);
    const auto waiting = parts_.readings.waiting(number);
    split.end.polled(now, waiting);
    if (recorded_)
      continue;
    split.bound.tick(wall_);
    split.bound.progress(milliseconds_of(now), split.next, waiting, split.end.at_end());
    if (const auto from = split.bound.due(split.next); from && writer_ && last_look_ >= decide_again_) {
      const auto entry = split.bound.make(*from, clock_is_behind(split));
      split.bound.under_way(entry);
      writer_->write(number, log_name(split.name, split.place.log),
                     {decision::kind::bound, entry.from, entry.content()});
    }
  }
}

void driver::collect_written() {
  if (!writer_)
    return;
  for (auto& each : writer_->collect()) {
    auto& split = splits_[each.split];
    if (each.error.empty()) {
      if (const auto entry = bound_entry::of(each.entry.position, each.entry.content))
        split.bound.logged(*entry);
      continue;
    }
    split.bound.failed();
    decide_again_ = last_look_ + std::chrono::seconds{1};
    wrong(rule::ledger, "log of decisions", each.error);
  }
}

// Only where every reading for long was beyond the bound: then all its sensors are looked at, once an entry.
bool driver::clock_is_behind(const split_state& split) const {
  if (!split.bound.all_beyond())
    return false;
  const auto since = seconds_of(split.bound.stretch_ms());
  const auto lately = spoke_now_ > lately_ms / 1000 ? spoke_now_ - static_cast<uint32_t>(lately_ms / 1000) : 1;
  const auto number = static_cast<uint16_t>(&split - splits_.data());
  const auto& sensors = parts_.keeper.sensors();
  for (uint32_t slot = 0; slot < sensors.size(); ++slot) {
    const auto& entry = sensors[slot];
    if (entry.has_split && entry.split == number && entry.spoke >= lately && entry.spoke < since)
      return false;
  }
  return true;
}

uint32_t driver::seconds_of(int64_t steady_ms) const {
  return static_cast<uint32_t>(std::max<int64_t>(0, (steady_ms - milliseconds_of(begun_)) / 1000) + 1);
}

bool driver::may_commit() const {
  return std::all_of(splits_.begin(), splits_.end(),
                     [](const auto& each) { return !each.beginning && each.bound.may_commit(each.next); });
}

} // namespace millwright
