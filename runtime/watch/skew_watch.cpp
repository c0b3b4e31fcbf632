#include "runtime/watch/skew_watch.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t worst_named = 3;

} // namespace

void skew_watch::begin(row& of, side where, event_time watermark, milliseconds distance) {
  if (std::exchange(of.skewed, false))
    ++changes_;
  of.where = where;
  of.count = 1;
  of.first = watermark;
  of.nearest = of.farthest = of.newest = distance;
}

uint32_t skew_watch::took(uint32_t number, uint32_t slot, uint16_t split, event_time time, event_time watermark,
                          bool ahead) {
  // Without a time of the split there is no distance.
  const bool off = watermark != never && (ahead || is_behind(time, watermark));
  if (!off) {
    forget(number);
    return 0;
  }
  const auto where = ahead ? side::ahead : side::behind;
  const auto distance = time - watermark;
  if (number == 0) {
    if (free_.empty()) {
      rows_.emplace_back();
      number = static_cast<uint32_t>(rows_.size());
    } else {
      number = free_.back();
      free_.pop_back();
    }
    auto& made = rows_[number - 1];
    made.slot = slot;
    made.split = split;
    begin(made, where, watermark, distance);
    return number;
  }
  auto& of = rows_[number - 1];
  const auto nearest = std::min(of.nearest, distance), farthest = std::max(of.farthest, distance);
  if (of.where != where || of.split != split || farthest - nearest >= drift) {
    begin(of, where, watermark, distance);
    of.split = split;
    return number;
  }
  of.nearest = nearest;
  of.farthest = farthest;
  of.newest = distance;
  of.count = std::min(of.count + 1, in_a_row);
  if (!of.skewed && of.count == in_a_row && watermark - of.first >= span) {
    of.skewed = true;
    ++changes_;
  }
  return number;
}

void skew_watch::forget(uint32_t number) {
  if (number == 0)
    return;
  auto& of = rows_[number - 1];
  if (of.skewed)
    ++changes_;
  of = {};
  free_.push_back(number);
}

skew_watch::summary skew_watch::of(uint16_t split) const {
  summary result;
  for (const auto& each : rows_) {
    if (!each.skewed || each.split != split)
      continue;
    ++(each.where == side::ahead ? result.ahead : result.behind);
    result.worst.push_back({each.slot, each.newest});
  }
  const auto farther = [](const sensor& a, const sensor& b) {
    const auto x = std::chrono::abs(a.distance), y = std::chrono::abs(b.distance);
    return x != y ? x > y : a.slot < b.slot;
  };
  const auto end = result.worst.begin() + static_cast<ptrdiff_t>(std::min(worst_named, result.worst.size()));
  std::partial_sort(result.worst.begin(), end, result.worst.end(), farther);
  result.worst.erase(end, result.worst.end());
  return result;
}

} // namespace millwright
