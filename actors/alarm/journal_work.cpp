#include "actors/alarm/journal_work.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

// A page that waits may have moved: it is found where the older change finds it, or has put it.
void put_newer(std::map<uint64_t, outbox_change>& changes, outbox_change newer) {
  const auto [at, first] = changes.try_emplace(newer.place.sequence, newer);
  if (first)
    return;
  auto& older = at->second;
  newer.place = older.place;
  newer.or_at = std::move(older.or_at);
  if (older.instead)
    if (const auto moved = older.instead->place();
        moved != newer.place && std::find(newer.or_at.begin(), newer.or_at.end(), moved) == newer.or_at.end())
      newer.or_at.push_back(moved);
  if (newer.waits() && !newer.instead)
    newer.instead = std::move(older.instead);
  older = std::move(newer);
}

} // namespace

void journal_work::changed(const uuid& alarm) {
  next_.forgotten.erase(alarm);
  next_.changed.insert(alarm);
}

void journal_work::forgotten(const uuid& alarm) {
  next_.changed.erase(alarm);
  next_.forgotten.insert(alarm);
}

void journal_work::add(outbox_entry page) {
  const auto sequence = page.sequence;
  next_.pages.insert_or_assign(sequence, std::move(page));
}

void journal_work::add(outbox_change change) {
  put_newer(next_.changes, std::move(change));
  bound();
}

void journal_work::add(transition_journaled answer) {
  next_.answers.push_back(answer);
  join_answers();
}

// What has a telling of its own and what has none are answered each for itself (see transition_journaled).
void journal_work::join_answers() {
  auto& all = next_.answers;
  // When they have doubled: seldom, and never one by one.
  if (!stuck() || all.size() <= std::max(limits_.answers, 2 * answers_left_))
    return;
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.alarm, a.telling, a.number) < std::tie(b.alarm, b.telling, b.number);
  });
  const auto older = std::unique(all.rbegin(), all.rend(), [](const auto& a, const auto& b) {
    return a.alarm == b.alarm && (a.telling == 0) == (b.telling == 0);
  });
  all.erase(all.begin(), older.base());
  answers_left_ = all.size();
}

const journal_items& journal_work::begin() {
  writing_ = std::exchange(next_, {});
  ++number_;
  return *writing_;
}

journal_items journal_work::settle() {
  return std::exchange(next_, {});
}

std::vector<uint64_t> journal_work::is_late() {
  late_ = true;
  auto out = std::exchange(writing_->tickets, {});
  out.insert(out.end(), next_.tickets.begin(), next_.tickets.end());
  next_.tickets.clear();
  bound();
  return out;
}

journal_items journal_work::written() {
  failing_ = late_ = false;
  error_.clear();
  pause_ = milliseconds{0};
  looked_at_ = answers_left_ = 0;
  return *std::exchange(writing_, std::nullopt);
}

// What was refused stays ahead of what has come since.
journal_work::refusal journal_work::refused(std::string error) {
  failing_ = pausing_ = true;
  late_ = false;
  error_ = std::move(error);
  auto all = *std::exchange(writing_, std::nullopt);
  refusal out{std::exchange(all.tickets, std::move(next_.tickets)), {}};
  for (const auto& id : next_.changed)
    all.forgotten.erase(id);
  for (const auto& id : next_.forgotten)
    all.changed.erase(id);
  all.changed.merge(next_.changed);
  all.forgotten.merge(next_.forgotten);
  all.pages.merge(next_.pages);
  for (auto& [sequence, change] : next_.changes)
    put_newer(all.changes, std::move(change));
  for (const auto& [which, mark] : next_.told)
    all.told.insert_or_assign(which, mark);
  for (const auto& [channel, at] : next_.digests)
    all.digests.insert_or_assign(channel, at);
  for (const auto& [which, shelf] : next_.shelves)
    all.shelves.insert_or_assign(which, shelf);
  std::move(next_.answers.begin(), next_.answers.end(), std::back_inserter(all.answers));
  next_ = std::move(all);
  bound();
  join_answers();
  pause_ = pause_.count() == 0 ? limits_.backoff : std::min(pause_ * 2, limits_.backoff_most);
  out.pause = pause_;
  return out;
}

// A page that is over is noted for the records' sake alone; one that still waits must not be lost.
void journal_work::bound() {
  if (!stuck() || next_.changes.size() <= std::max(limits_.outcomes, looked_at_))
    return;
  looked_at_ = next_.changes.size() + limits_.outcomes / 2;
  const auto over =
      static_cast<size_t>(std::count_if(next_.changes.begin(), next_.changes.end(), [&](const auto& each) {
        return !each.second.waits() && next_.pages.contains(each.first);
      }));
  if (over <= limits_.outcomes)
    return;
  // Half of them at once: seldom, and never one by one.
  auto leaving = over - limits_.outcomes / 2;
  for (auto at = next_.changes.begin(); at != next_.changes.end() && leaving > 0;) {
    if (at->second.waits() || !next_.pages.contains(at->first)) {
      ++at;
      continue;
    }
    next_.pages.erase(at->first);
    at = next_.changes.erase(at);
    ++not_noted_;
    --leaving;
  }
  looked_at_ = next_.changes.size() + limits_.outcomes / 2;
}

} // namespace millwright
