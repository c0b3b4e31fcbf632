#include "actors/alarm/outbox_index.hpp"

#include <algorithm>

namespace millwright {

void outbox_index::add(outbox_entry entry) {
  const auto place = entry.place();
  if (horizon_ && *horizon_ < place)
    return;
  waiting_.try_emplace(place, held{std::move(entry), true});
  shrink();
}

void outbox_index::add_unjournaled(outbox_entry entry) {
  const auto place = entry.place();
  waiting_.try_emplace(place, held{std::move(entry), false});
}

void outbox_index::put_back(outbox_entry entry) {
  const auto place = entry.place();
  const auto at = in_hand_.find(place);
  if (at == in_hand_.end())
    return;
  const bool journaled = at->second.journaled;
  in_hand_.erase(at);
  waiting_.try_emplace(place, held{std::move(entry), journaled});
}

std::vector<outbox_entry> outbox_index::take(size_t limit, event_time now) {
  std::vector<outbox_entry> out;
  for (auto at = waiting_.begin(); at != waiting_.end() && out.size() < limit;) {
    if (at->second.entry.next_try > now) {
      ++at;
      continue;
    }
    out.push_back(at->second.entry);
    in_hand_.insert(waiting_.extract(at++));
  }
  return out;
}

std::optional<outbox_entry> outbox_index::finish(const outbox_place& place) {
  const auto at = in_hand_.find(place);
  if (at == in_hand_.end())
    return std::nullopt;
  if (!at->second.journaled)
    ended_.insert(place);
  return std::move(in_hand_.extract(at).mapped().entry);
}

std::optional<outbox_entry> outbox_index::in_hand(const outbox_place& place) const {
  const auto at = in_hand_.find(place);
  return at == in_hand_.end() ? std::nullopt : std::optional{at->second.entry};
}

void outbox_index::put_all_back() {
  waiting_.merge(in_hand_);
  in_hand_.clear();
}

void outbox_index::refill(std::vector<outbox_entry> entries, size_t asked, uint64_t unanswered_from) {
  const bool all = entries.size() < asked;
  const auto last = entries.empty() ? std::nullopt : std::optional{entries.back().place()};
  for (auto& entry : entries)
    if (const auto place = entry.place();
        entry.sequence < unanswered_from && !in_hand_.contains(place) && !ended_.contains(place))
      waiting_.try_emplace(place, held{std::move(entry), true});
  horizon_ = all ? std::nullopt : last;
  ended_.erase(ended_.begin(), horizon_ ? ended_.upper_bound(*horizon_) : ended_.end());
}

void outbox_index::clock_set_back(event_time now, milliseconds by) {
  for (auto& [place, each] : waiting_)
    if (auto& next = each.entry.next_try; next > now)
      next = std::max(now, next - by);
}

std::optional<event_time> outbox_index::earliest() const {
  std::optional<event_time> out;
  for (const auto& [place, each] : waiting_)
    if (!out || each.entry.next_try < *out)
      out = each.entry.next_try;
  return out;
}

// Journaled pages leave from the end; the horizon moves to what is then the last of them.
void outbox_index::shrink() {
  while (waiting_.size() > most_) {
    auto at = std::prev(waiting_.end());
    while (!at->second.journaled && at != waiting_.begin())
      --at;
    if (!at->second.journaled)
      return;
    waiting_.erase(at);
    horizon_.reset();
    for (auto last = waiting_.rbegin(); last != waiting_.rend(); ++last)
      if (last->second.journaled) {
        horizon_ = last->first;
        break;
      }
    if (!horizon_)
      horizon_ = outbox_place{1 << 30, 0};
  }
}

} // namespace millwright
