#include "protocol/flood_watch.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

void flood_watch::forget(event_time now) {
  while (!times_.empty() && times_.front() <= now - rate_period)
    times_.pop_front();
}

std::optional<flood_period> flood_watch::pass(event_time now) {
  auto over = flood_ && now > flood_->to ? std::exchange(flood_, std::nullopt) : std::nullopt;
  forget(now);
  return over;
}

std::optional<flood_period> flood_watch::take(event_time at) {
  auto over = pass(at);
  times_.push_back(at);
  const auto count = times_.size();
  if (flood_) {
    ++flood_->pages;
    flood_->worst = std::max<uint64_t>(flood_->worst, count);
  } else if (count > most_) {
    flood_ = flood_period{at, {}, count, count};
  }
  // With `under` of them left it goes on; the one that leaves then ends it.
  if (flood_)
    flood_->to = (count >= under_ ? times_[count - under_] : at) + rate_period;
  return over;
}

} // namespace millwright
