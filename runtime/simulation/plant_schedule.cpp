#include "runtime/simulation/plant_schedule.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace millwright {

namespace {

/// a * b / c, rounded down or up; the product may need 128 bits.
int64_t scaled(uint64_t a, uint64_t b, uint64_t c, bool up) {
  if (b == 0 || a <= (std::numeric_limits<uint64_t>::max() - c) / b)
    return static_cast<int64_t>((a * b + (up ? c - 1 : 0)) / c);
  const auto product = static_cast<unsigned __int128>(a) * b + (up ? c - 1 : 0);
  return static_cast<int64_t>(product / c);
}

} // namespace

int64_t plant_schedule::group::phase(uint64_t rank) const {
  return scaled(rank, static_cast<uint64_t>(interval), members.size(), false);
}

uint64_t plant_schedule::group::count(int64_t at) const {
  if (at <= 0)
    return 0;
  const auto cycle = static_cast<uint64_t>(at / interval), rest = static_cast<uint64_t>(at % interval);
  const auto within = static_cast<uint64_t>(scaled(rest, members.size(), static_cast<uint64_t>(interval), true));
  return cycle * members.size() + std::min<uint64_t>(within, members.size());
}

int64_t plant_schedule::group::time(uint64_t report) const {
  return static_cast<int64_t>(report / members.size()) * interval + phase(report % members.size());
}

plant_schedule::plant_schedule(const std::vector<int64_t>& intervals)
    : group_of_(intervals.size()), rank_of_(intervals.size()) {
  std::map<int64_t, size_t> known;
  for (const int64_t each : intervals)
    known.try_emplace(each, 0);
  for (auto& [interval, index] : known) {
    index = groups_.size();
    groups_.push_back({interval, {}});
  }
  for (uint32_t sensor = 0; sensor < intervals.size(); ++sensor) {
    const size_t index = known.at(intervals[sensor]);
    auto& members = groups_[index].members;
    group_of_[sensor] = static_cast<uint8_t>(index);
    rank_of_[sensor] = static_cast<uint32_t>(members.size());
    members.push_back(sensor);
  }
  for (const auto& each : groups_)
    rate_ += static_cast<double>(each.members.size()) / static_cast<double>(each.interval);
}

uint64_t plant_schedule::ticks_before(int64_t at) const {
  uint64_t sum = 0;
  for (const auto& each : groups_)
    sum += each.count(at);
  return sum;
}

int64_t plant_schedule::time_of(uint32_t sensor, uint64_t cycle) const {
  const auto& group = groups_[group_of_[sensor]];
  return static_cast<int64_t>(cycle) * group.interval + group.phase(rank_of_[sensor]);
}

uint64_t plant_schedule::first_cycle(uint32_t sensor, int64_t at) const {
  const auto& group = groups_[group_of_[sensor]];
  const int64_t after = at - group.phase(rank_of_[sensor]);
  return after <= 0 ? 0 : static_cast<uint64_t>((after + group.interval - 1) / group.interval);
}

plant_slot plant_schedule::at(uint64_t tick) const {
  // A group's count is within one report of its mean rate, so the answer is close to tick / rate.
  const double guess = static_cast<double>(tick) / rate_;
  int64_t reach = static_cast<int64_t>(2 * static_cast<double>(groups_.size() + 2) / rate_ + guess * 1e-12) + 1000;
  int64_t low = std::max<int64_t>(0, static_cast<int64_t>(guess) - reach);
  int64_t high = static_cast<int64_t>(guess) + reach;
  for (int64_t step = reach; low > 0 && ticks_before(low) > tick; step *= 2)
    low = std::max<int64_t>(0, low - step);
  for (int64_t step = reach; ticks_before(high) <= tick; step *= 2)
    high += step;
  // The last time that has no more than `tick` ticks before it is the tick's own.
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (ticks_before(middle) <= tick ? low : high) = middle;
  }
  uint64_t rest = tick - ticks_before(low);
  for (const auto& group : groups_) {
    const uint64_t first = group.count(low), here = group.count(low + 1) - first;
    if (rest < here) {
      const uint64_t report = first + rest;
      return {tick, report / group.members.size(), low, group.members[report % group.members.size()]};
    }
    rest -= here;
  }
  return {};
}

plant_cursor::plant_cursor(const plant_schedule& schedule, uint64_t tick) : schedule_{schedule} {
  const auto first = schedule.at(tick);
  const size_t owner = schedule.group_of_[first.sensor];
  for (size_t i = 0; i < schedule.groups_.size(); ++i) {
    const auto& group = schedule.groups_[i];
    // Groups before the tick's own have had their reports of the same time already.
    uint64_t report = group.count(i < owner ? first.at + 1 : first.at);
    if (i == owner)
      report = first.cycle * group.members.size() + schedule.rank_of_[first.sensor];
    positions_.push_back({report / group.members.size(), report % group.members.size(), group.time(report)});
  }
  slot_.tick = tick;
  choose();
}

void plant_cursor::choose() {
  chosen_ = 0;
  for (size_t i = 1; i < positions_.size(); ++i)
    if (positions_[i].at < positions_[chosen_].at)
      chosen_ = i;
  const auto& next = positions_[chosen_];
  slot_.cycle = next.cycle;
  slot_.at = next.at;
  slot_.sensor = schedule_.groups_[chosen_].members[next.rank];
}

void plant_cursor::advance() {
  const auto& group = schedule_.groups_[chosen_];
  auto& next = positions_[chosen_];
  if (++next.rank == group.members.size()) {
    next.rank = 0;
    ++next.cycle;
  }
  next.at = static_cast<int64_t>(next.cycle) * group.interval + group.phase(next.rank);
  ++slot_.tick;
  choose();
}

} // namespace millwright
