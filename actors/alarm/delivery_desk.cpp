#include "actors/alarm/delivery_desk.hpp"

#include <algorithm>

namespace millwright {

namespace {

// Waits are noted in wall time. One that is read from the journal counts for at most this.
constexpr milliseconds longest_noted_wait{60'000};

} // namespace

delivery_desk::delivery_desk(alarm_journal& journal, const std::vector<channel_name>& channels, size_t pages_in_memory)
    : journal_{journal}, pages_in_memory_{pages_in_memory} {
  for (const auto& channel : channels)
    lane_of(channel).index.expect_all_from_journal();
}

delivery_desk::lane& delivery_desk::lane_of(const channel_name& channel) {
  return lanes_.try_emplace(channel, lane{outbox_index{pages_in_memory_}}).first->second;
}

void delivery_desk::look(event_time now) {
  if (now < looked_)
    for (auto& [name, each] : lanes_)
      each.index.clock_set_back(now, looked_ - now);
  looked_ = now;
}

void delivery_desk::add_journaled(outbox_entry page) {
  auto& lane = lane_of(page.what.channel);
  lane.index.add(std::move(page));
}

void delivery_desk::release(const std::map<uint64_t, outbox_entry>& pages) {
  // Sequences rise, so what was released before stands at the front.
  for (auto each = pages.rbegin(); each != pages.rend() && released_.insert(each->first).second; ++each) {
    auto entry = each->second;
    entry.what.may_repeat = true;
    lane_of(each->second.what.channel).index.add_unjournaled(std::move(entry));
  }
}

void delivery_desk::pull(const channel_pull& x, bool anew) {
  auto& lane = lane_of(x.channel);
  if (anew) {
    lane.taken = true;
    lane.index.put_all_back();
    lane.credit = 0;
  }
  lane.credit += x.credit;
}

std::optional<outbox_change> delivery_desk::delivered(const delivery_report& x, event_time now) {
  look(now);
  auto& lane = lane_of(x.channel);
  const outbox_place place{x.priority, x.sequence};
  auto entry = x.outcome == delivery_outcome::retry ? lane.index.in_hand(place) : lane.index.finish(place);
  if (!entry)
    return std::nullopt;
  entry->attempts = x.attempts;
  outbox_change change;
  change.place = place;
  change.attempts = x.attempts;
  switch (x.outcome) {
  case delivery_outcome::sent:
    ++sent_;
    change.told = notification_of(entry->what, notification_outcome::sent, x.detail);
    break;
  case delivery_outcome::failed:
    ++failed_;
    change.told = notification_of(entry->what, notification_outcome::failed, x.detail);
    break;
  case delivery_outcome::retry:
    ++retries_;
    change.told = notification_of(entry->what, notification_outcome::planned, x.detail);
    entry->next_try = change.next_try = now + x.wait;
    lane.index.put_back(std::move(*entry));
    break;
  }
  return change;
}

std::vector<delivery_desk::hand> delivery_desk::serve(event_time now, uint64_t unanswered_from) {
  look(now);
  std::vector<hand> out;
  wake_ = forever;
  for (auto& [name, lane] : lanes_) {
    while (lane.taken && lane.credit > 0) {
      if (lane.index.dry())
        refill(name, lane, now, unanswered_from);
      auto entries = lane.index.take(lane.credit, now);
      if (entries.empty())
        break;
      lane.credit -= static_cast<uint32_t>(entries.size());
      page_orders orders;
      for (auto& each : entries)
        orders.all.push_back({std::move(each.what), each.sequence, each.attempts});
      out.push_back({name, std::move(orders)});
    }
    if (lane.taken && lane.credit > 0)
      wake_ = std::min(wake_, lane.index.earliest().value_or(forever));
  }
  return out;
}

void delivery_desk::refill(const channel_name& name, lane& of, event_time now, uint64_t unanswered_from) {
  auto entries = journal_.waiting(name, of.index.horizon(), pages_in_memory_);
  // Whether the clock has been set back since these were written, nobody knows.
  for (auto& each : entries)
    each.next_try = std::min(each.next_try, now + longest_noted_wait);
  of.index.refill(std::move(entries), pages_in_memory_, unanswered_from);
}

} // namespace millwright
