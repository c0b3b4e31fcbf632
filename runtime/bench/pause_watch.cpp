#include "runtime/bench/pause_watch.hpp"

#include <algorithm>

namespace millwright {

namespace {

double ms_between(pause_watch::clock::time_point from, pause_watch::clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

} // namespace

void pause_watch::look(uint64_t handed, uint64_t judged, clock::time_point now, std::optional<clock::time_point> due) {
  if (!begun_) {
    begun_ = true;
    judged_ = judged;
  }
  if (handed > judged && (under_way_.empty() || under_way_.back().first < handed))
    under_way_.emplace_back(handed, now);
  while (!under_way_.empty() && under_way_.front().first <= judged) {
    const auto [count, since] = under_way_.front();
    under_way_.pop_front();
    note(ms_between(since, now), count);
  }
  // What came and went between two looks took less than from one to the other.
  if (under_way_.empty() && judged > judged_)
    note(0, judged);
  if (!under_way_.empty())
    longest_ = std::max(longest_, ms_between(under_way_.front().second, now));
  if (due && *due < now)
    lag_ = std::max(lag_, ms_between(*due, now));
}

void pause_watch::note(double ms, uint64_t up_to) {
  took_.emplace_back(ms, up_to - judged_);
  readings_ += up_to - judged_;
  judged_ = up_to;
  longest_ = std::max(longest_, ms);
}

double pause_watch::percentile(double share) const {
  auto sorted = took_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = share * static_cast<double>(readings_);
  uint64_t passed = 0;
  for (const auto& [ms, count] : sorted) {
    passed += count;
    if (static_cast<double>(passed) >= rank)
      return ms;
  }
  return 0;
}

} // namespace millwright
