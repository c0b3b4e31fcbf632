#include "actors/alarm/transition_order.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

void transition_order::arrive(const alarm_transition& x, uint32_t taken, event_time now, const next_function& next) {
  const auto at = held_.find(x.alarm);
  if (x.number > taken + 1) {
    auto& mine = at == held_.end() ? held_.emplace(x.alarm, held{now, {}}).first->second : at->second;
    // A successor's decision takes the place of a dead actor's.
    waiting_ += mine.by_number.insert_or_assign(x.number, x).second;
    if (waiting_ > limits_.most)
      hand_on(held_.find(x.alarm), next);
    return;
  }
  next(x);
  if (at == held_.end())
    return;
  auto& waiting = at->second.by_number;
  auto reached = std::max(taken, x.number);
  while (!waiting.empty() && waiting.begin()->first <= reached + 1) {
    const auto first = waiting.extract(waiting.begin());
    --waiting_;
    reached = std::max(reached, first.key());
    next(first.mapped());
  }
  if (waiting.empty())
    held_.erase(at);
  else
    at->second.since = now;
}

void transition_order::drop(const uuid& alarm, uint32_t first) {
  const auto at = held_.find(alarm);
  if (at == held_.end())
    return;
  waiting_ -= std::erase_if(at->second.by_number, [&](const auto& each) { return each.first >= first; });
  if (at->second.by_number.empty())
    held_.erase(at);
}

void transition_order::pass(event_time now, const next_function& next) {
  for (auto at = held_.begin(); at != held_.end();) {
    // A clock that was set back must not make anybody wait longer.
    at->second.since = std::min(at->second.since, now);
    if (now - at->second.since >= limits_.patience)
      at = hand_on(at, next);
    else
      ++at;
  }
}

void transition_order::end(const next_function& next) {
  for (auto at = held_.begin(); at != held_.end();)
    at = hand_on(at, next);
}

transition_order::place transition_order::hand_on(place at, const next_function& next) {
  waiting_ -= at->second.by_number.size();
  const auto all = std::move(at->second.by_number);
  const auto behind = held_.erase(at);
  for (const auto& [number, each] : all)
    next(each);
  return behind;
}

event_time transition_order::due() const {
  auto out = forever;
  for (const auto& [id, each] : held_)
    out = std::min(out, each.since + limits_.patience);
  return out;
}

} // namespace millwright
